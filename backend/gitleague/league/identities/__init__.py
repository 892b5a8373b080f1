"""Who is who: identities of commits, and the players that they belong to."""
