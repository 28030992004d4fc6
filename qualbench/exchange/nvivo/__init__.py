"""What goes to NVivo beside the project: its own tables and documents, and the page to check it by."""
