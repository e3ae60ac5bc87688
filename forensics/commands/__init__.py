"""What the commands do: one file per group, called by the command line."""
