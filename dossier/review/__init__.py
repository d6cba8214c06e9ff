"""Templated review: filled documents read back, compared with what was issued, merged into the product's review record."""
