package dev.millrace.ops.defs;

import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;

/** Discrete Fourier transforms of the last one, two or three dimensions. */
final class SpectralOps {
  private SpectralOps() {}

  static void register(OpRegistry r) {
    for (int rank = 1; rank <= 3; rank++) {
      int n = rank;
      String suffix = rank == 1 ? "" : rank + "D";
      for (String type : new String[] {"FFT", "IFFT"}) {
        r.add(
            OpDef.named(type + suffix)
                .inputs("input: Tcomplex")
                .outputs("output: Tcomplex")
                .attrs("Tcomplex: {complex64, complex128} = complex64")
                .shape(c -> c.output(0, c.inputOfRankAtLeast(0, n))));
      }
      r.add(
          OpDef.named("RFFT" + suffix)
              .inputs("input: float", "fft_length: int32")
              .outputs("output: complex64")
              .valueInputs(1)
              .shape(c -> ofLength(c, n, true)));
      r.add(
          OpDef.named("IRFFT" + suffix)
              .inputs("input: complex64", "fft_length: int32")
              .outputs("output: float")
              .valueInputs(1)
              .shape(c -> ofLength(c, n, false)));
    }
  }

  /** The last dimensions are the lengths; of a real signal, half of the last one's spectrum. */
  private static void ofLength(ShapeContext c, int rank, boolean halved) {
    Shape in = c.inputOfRankAtLeast(0, rank);
    Shapes.mergeDims(
        c.inputOfRank(1, 1).dim(0), rank, "the length of fft_length and the transform's rank");
    if (!in.hasRank()) {
      c.output(0, in);
      return;
    }
    Shape lengths = Shapes.spelledBy(c, 1);
    Shape out = in.slice(0, in.rank() - rank).concat(Shape.ofRank(rank));
    for (int i = 0; i < rank && lengths.hasRank(); i++) {
      long n = lengths.dim(i);
      boolean half = halved && i == rank - 1 && n > 0;
      out = out.withDim(in.rank() - rank + i, half ? n / 2 + 1 : n);
    }
    c.output(0, out);
  }
}
