"""The guided session: a pure, event-sourced core."""
