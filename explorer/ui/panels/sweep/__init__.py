"""Many runs with other settings."""
