package dev.millrace.session.cpu;

import java.util.Arrays;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_desc;
import org.bytedeco.dnnl.stream;

/** oneDNN's convolution, or gradient of one, for a number of images. */
@SuppressWarnings("VariableNameSameAsType") // the library's types have names in small letters
final class DnnlConvPrimitive {
  final int batch;
  private final memory.desc images;
  private final memory.desc results;
  private final primitive_desc description;
  private final primitive primitive;
  private final memory.desc filterLayout;

  /**
   * A primitive for {@code batch} images.
   *
   * @param filterLayout how the filter lies in memory; null for what is best
   */
  DnnlConvPrimitive(ConvShape shape, int batch, memory.desc filterLayout) {
    this.batch = batch;
    images = imagesDesc(shape, batch, shape.inChannels, shape.in);
    results = imagesDesc(shape, batch, shape.outChannels, shape.out);
    memory.desc filter = filterLayout == null ? Dnnl.any(filterDims(shape)) : filterLayout;
    long[] strides = longs(shape.strides);
    long[] dilations = longs(shape.dilations);
    long[] before = longs(shape.before);
    long[] after = new long[before.length];
    for (int d = 0; d < after.length; d++) {
      long reach = (shape.taps[d] - 1L) * dilations[d] + 1;
      long end = (shape.out[d] - 1L) * strides[d] + reach - before[d];
      after[d] = Math.max(0, end - shape.in[d]);
      dilations[d]--; // as the library counts: what lies between
    }
    engine e = Dnnl.engine();
    convolution_forward.primitive_desc forward =
        new convolution_forward.primitive_desc(
            new convolution_forward.desc(
                dnnl.prop_kind.forward_training,
                dnnl.algorithm.convolution_direct,
                images,
                shape.kind == ConvShape.Kind.FORWARD ? filter : Dnnl.any(filterDims(shape)),
                results,
                strides,
                dilations,
                before,
                after),
            Dnnl.attributes(),
            e);
    switch (shape.kind) {
      case TO_INPUT -> {
        convolution_backward_data.primitive_desc d =
            new convolution_backward_data.primitive_desc(
                new convolution_backward_data.desc(
                    dnnl.algorithm.convolution_direct,
                    images,
                    filter,
                    results,
                    strides,
                    dilations,
                    before,
                    after),
                Dnnl.attributes(),
                e,
                forward);
        description = d;
        primitive = new convolution_backward_data(d);
        this.filterLayout = d.weights_desc();
      }
      case TO_FILTER -> {
        convolution_backward_weights.primitive_desc d =
            new convolution_backward_weights.primitive_desc(
                new convolution_backward_weights.desc(
                    dnnl.algorithm.convolution_direct,
                    images,
                    filter,
                    results,
                    strides,
                    dilations,
                    before,
                    after),
                Dnnl.attributes(),
                e,
                forward);
        description = d;
        primitive = new convolution_backward_weights(d);
        this.filterLayout = d.diff_weights_desc();
      }
      default -> {
        description = forward;
        primitive = new convolution_forward(forward);
        this.filterLayout = forward.weights_desc();
      }
    }
  }

  private static long[] longs(int[] xs) {
    return Arrays.stream(xs).asLongStream().toArray();
  }

  /** Images as the library sees them, channels after the batch, in our format. */
  private static memory.desc imagesDesc(ConvShape shape, int batch, int channels, int[] spatial) {
    int n = spatial.length;
    long[] dims = new long[n + 2];
    long[] strides = new long[n + 2];
    dims[0] = batch;
    dims[1] = channels;
    long step = shape.isChannelsLast() ? channels : 1;
    for (int d = n - 1; d >= 0; d--) {
      dims[d + 2] = spatial[d];
      strides[d + 2] = step;
      step *= spatial[d];
    }
    strides[1] = shape.isChannelsLast() ? 1 : step;
    strides[0] = (long) ConvShape.product(spatial) * channels;
    return Dnnl.dense(dims, strides);
  }

  /** Output channels, input channels and taps of the filter, in groups where there are some. */
  private static long[] filterDims(ConvShape shape) {
    int n = shape.taps.length;
    boolean grouped = shape.groups > 1 || shape.spec.isDepthwise();
    long[] dims = new long[n + (grouped ? 3 : 2)];
    int k = 0;
    if (grouped) {
      dims[k++] = shape.groups;
    }
    dims[k++] = shape.outChannels / shape.groups;
    dims[k++] = shape.inChannels / shape.groups;
    for (int t : shape.taps) {
      dims[k++] = t;
    }
    return dims;
  }

  /** The filter in our layout, which has the output channels last and the input channels before. */
  static memory.desc filterDesc(ConvShape shape) {
    long[] dims = filterDims(shape);
    long[] strides = new long[dims.length];
    int n = shape.taps.length;
    int first = dims.length - n - 2;
    if (first == 1) {
      strides[0] = dims[1];
    }
    strides[first] = 1;
    strides[first + 1] = shape.outChannels;
    // Depthwise, rows of the filter are the groups themselves, one input channel each.
    long step = (long) shape.outChannels * dims[first + 1];
    for (int d = n - 1; d >= 0; d--) {
      strides[first + 2 + d] = step;
      step *= shape.taps[d];
    }
    return Dnnl.dense(dims, strides);
  }

  memory.desc imagesDesc() {
    return images;
  }

  memory.desc resultsDesc() {
    return results;
  }

  memory.desc scratchpadDesc() {
    return description.scratchpad_desc();
  }

  memory.desc filterLayout() {
    return filterLayout;
  }

  /** Whether the library has only its slow reference code for it. */
  boolean isPlainLoop() {
    return description.impl_info_str().getString().startsWith("ref");
  }

  void execute(stream s, IntMemoryMap args) {
    primitive.execute(s, args);
  }
}
