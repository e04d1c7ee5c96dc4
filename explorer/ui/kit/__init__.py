"""Building stones that know nothing of networks: theme, icons, plots, maps, tables, fields."""
