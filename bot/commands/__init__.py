"""The subcommands of `careline`, one file each."""
