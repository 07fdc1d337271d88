package dev.millrace.session.cpu;

/**
 * How the rows of a batch are shared out where each row goes its own way through several products.
 * The borders follow from the number of rows alone, and are multiples of what libraries compute
 * together.
 */
final class RowChunks {
  private static final int UNIT = 6;
  private static final int MOST = 16;

  /** Units of a chunk, of a batch that is large: with fewer, products wait for the weights. */
  private static final int UNITS = 4;

  private final int rows;

  /** How many chunks there are, at least one. */
  final int count;

  RowChunks(int rows) {
    this.rows = rows;
    int units = (rows + UNIT - 1) / UNIT;
    int chunks = Math.max(units < 3 ? 1 : 2, Math.min(MOST, units / UNITS));
    count = Integer.highestOneBit(chunks); // so that two or four threads get equal shares
  }

  /** The first row of a chunk. */
  int begin(int chunk) {
    int units = (rows + UNIT - 1) / UNIT;
    return Math.min(rows, (int) ((long) units * chunk / count) * UNIT);
  }

  /** The rows of the largest chunk. */
  int largest() {
    int most = 0;
    for (int c = 0; c < count; c++) {
      most = Math.max(most, begin(c + 1) - begin(c));
    }
    return most;
  }
}
