"""From belt speed to reps: signal check, live detector, metrics. Pure; needs only numpy."""
