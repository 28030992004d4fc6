"""From files to sources: readers, speaker labels, manifest, import."""
