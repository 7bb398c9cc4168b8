"""All that is learned, and the one server of it. Knows no other room: everybody reaches it by HTTP."""
