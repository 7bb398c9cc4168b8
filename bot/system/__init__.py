"""How the processes of Careline are started, watched and stopped."""
