"""The journal, its library and its exports."""
