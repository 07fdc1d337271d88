package dev.millrace.session.cpu;

/**
 * Into how many parts the batch of a convolution is cut, and where. It follows from the shape
 * alone, so that results do not depend on the number of threads.
 */
final class ConvParts {
  /** Multiplications below which a part is not worth a hand-over: some 20 microseconds of work. */
  private static final double LEAST_WORK = 2e6;

  private static final int MOST = 16;

  /** The most that the parts of a filter's gradient may take together. */
  private static final long MOST_BYTES = 64L << 20;

  private ConvParts() {}

  static int count(ConvShape shape) {
    long parts = Math.min(shape.batch, MOST);
    parts = Math.min(parts, (long) (shape.batch * shape.work() / LEAST_WORK));
    if (shape.kind == ConvShape.Kind.TO_FILTER) {
      parts = Math.min(parts, MOST_BYTES / (shape.filter.numElements() * Float.BYTES));
    }
    return Math.max(1, evenly(shape.batch, (int) parts));
  }

  /** A number of equal parts where there is one not far below {@code most}; else {@code most}. */
  private static int evenly(int batch, int most) {
    for (int n = most; n > most / 2; n--) {
      if (batch % n == 0) {
        return n;
      }
    }
    return most;
  }

  /** The first image of a part; the parts that come first are the larger ones, by one image. */
  static int begin(int batch, int parts, int part) {
    return part * (batch / parts) + Math.min(part, batch % parts);
  }

  /** The number of images in a part. */
  static int size(int batch, int parts, int part) {
    return begin(batch, parts, part + 1) - begin(batch, parts, part);
  }
}
