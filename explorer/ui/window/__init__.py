"""The main window and its frame: menus, toolbar, docks, status line, command palette."""
