"""All of torch; one thread owns every tensor. May import protocol and what is below; never ui."""
