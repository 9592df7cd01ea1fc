"""Times segno on one text: the symbol at level M and its PNG at 8 pixels a module; medians and bytes."""

import io
import statistics
import sys
import time

import segno


def symbol(text):
    # Neither a Micro QR code nor a higher level where it would fit: the same work as the others do.
    return segno.make(text, error="m", micro=False, boost_error=False)


def png(text):
    file = io.BytesIO()
    symbol(text).save(file, kind="png", scale=8, border=4)
    return file.getvalue()


def median_ms(work, text, samples=60):
    work(text)
    times = []
    for _ in range(samples):
        began = time.perf_counter_ns()
        work(text)
        times.append(time.perf_counter_ns() - began)
    return statistics.median(times) / 1e6


text = sys.argv[1]
print(f"{median_ms(symbol, text):.2f} ms for the symbol of {symbol(text).symbol_size(border=0)[0]} modules,")
print(f"{median_ms(png, text):.2f} ms for symbol and PNG of {len(png(text))} bytes")
