//! A QR symbol as PNG, SVG, HTML table and text.
