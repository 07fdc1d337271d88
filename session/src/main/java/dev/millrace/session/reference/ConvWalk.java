package dev.millrace.session.reference;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.ops.defs.ConvSpec;
import dev.millrace.ops.defs.ImageFormat;
import dev.millrace.ops.defs.Windows;

/** Which element of a convolution's input meets which of its filter in which of its output. */
final class ConvWalk {
  /** Takes the positions of three elements that meet. */
  @FunctionalInterface
  interface Meeting {
    void at(int input, int filter, int output);
  }

  private final boolean depthwise;
  private final boolean channelsFirst;
  private final Windows windows;
  private final int spatial;
  private final int batch;
  private final int groups;
  private final int inChannels;
  private final int outChannels;

  /** The last two dimensions of the filter. */
  private final int filterRows;

  private final int filterColumns;
  private final int[] in;
  private final int[] out;
  private final int[] before;
  private final Shape outputShape;
  private Meeting meeting;

  ConvWalk(ConvSpec spec, Shape input, Shape filter) {
    ImageFormat format = spec.format();
    if (input.rank() != spec.rank() || filter.rank() != spec.rank()) {
      throw new InvalidArgumentException(
          "input and filter must be of rank "
              + spec.rank()
              + ", but their shapes are "
              + input
              + " and "
              + filter);
    }
    outputShape = spec.output(input, filter);
    depthwise = spec.isDepthwise();
    channelsFirst = format == ImageFormat.CHANNELS_FIRST;
    windows = spec.windows(filter);
    spatial = windows.count();
    batch = (int) input.dim(0);
    groups = (int) spec.groups(input, filter);
    int axis = format.channelAxis(spec.rank());
    inChannels = (int) input.dim(axis);
    outChannels = (int) outputShape.dim(axis);
    filterRows = (int) filter.dim(-2);
    filterColumns = (int) filter.dim(-1);
    in = new int[spatial];
    out = new int[spatial];
    before = new int[spatial];
    for (int d = 0; d < spatial; d++) {
      in[d] = (int) input.dim(format.spatialAxis(d));
      out[d] = (int) outputShape.dim(format.spatialAxis(d));
      before[d] = windows.before(d, in[d]);
    }
  }

  private static int product(int[] sizes) {
    int n = 1;
    for (int s : sizes) {
      n *= s;
    }
    return n;
  }

  Shape outputShape() {
    return outputShape;
  }

  /** Tells every meeting; those with padding are left out. */
  void forEach(Meeting m) {
    meeting = m;
    for (int b = 0; b < batch; b++) {
      outputs(0, b, 0, new int[spatial]);
    }
  }

  /** All output pixels whose first {@code d} coordinates make {@code index}. */
  private void outputs(int d, int b, int index, int[] at) {
    if (d == spatial) {
      taps(0, b, at, 0, 0, index);
      return;
    }
    for (at[d] = 0; at[d] < out[d]; at[d]++) {
      outputs(d + 1, b, index * out[d] + at[d], at);
    }
  }

  /** All taps of a window that fall on the input. */
  private void taps(int d, int b, int[] at, int inIndex, int tap, int outIndex) {
    if (d == spatial) {
      channels(b, inIndex, tap, outIndex);
      return;
    }
    for (int k = 0; k < windows.size(d); k++) {
      int i = at[d] * windows.stride(d) - before[d] + k * windows.dilation(d);
      if (i >= 0 && i < in[d]) {
        taps(d + 1, b, at, inIndex * in[d] + i, tap * windows.size(d) + k, outIndex);
      }
    }
  }

  private void channels(int b, int inIndex, int tap, int outIndex) {
    int inBase = b * product(in) * inChannels + inIndex * (channelsFirst ? 1 : inChannels);
    int outBase = b * product(out) * outChannels + outIndex * (channelsFirst ? 1 : outChannels);
    int inStep = channelsFirst ? product(in) : 1;
    int outStep = channelsFirst ? product(out) : 1;
    int share = filterColumns / groups;
    for (int row = 0; row < filterRows; row++) {
      for (int column = 0; column < filterColumns; column++) {
        int i = depthwise ? row : column / share * filterRows + row;
        int o = depthwise ? row * filterColumns + column : column;
        meeting.at(
            inBase + i * inStep,
            (tap * filterRows + row) * filterColumns + column,
            outBase + o * outStep);
      }
    }
  }
}
