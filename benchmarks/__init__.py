"""What ecslab costs, in ratios against a plain moto server, the plain AWS CLI and an empty Textual app."""
