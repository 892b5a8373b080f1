"""Awards: who was best, by rules that anybody can check."""
