"""Mail: what messages say of themselves."""
