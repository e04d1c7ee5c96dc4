"""Where data enters and answers leave."""
