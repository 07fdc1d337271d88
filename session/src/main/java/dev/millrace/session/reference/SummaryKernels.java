package dev.millrace.session.reference;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.TensorProtos;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.Summary;
import dev.millrace.proto.SummaryMetadata;
import dev.millrace.session.summary.Histogram;
import dev.millrace.session.summary.Wav;
import java.util.HashSet;
import java.util.Set;

/** Serialized summaries. */
final class SummaryKernels {
  private SummaryKernels() {}

  static void register(ReferenceKernels k) {
    k.add("ScalarSummary", SummaryKernels::scalar);
    k.add("HistogramSummary", SummaryKernels::histogram);
    k.add("TensorSummaryV2", SummaryKernels::tensor);
    k.add("TensorSummary", SummaryKernels::untagged);
    k.add("MergeSummary", SummaryKernels::merge);
    k.add("ImageSummary", ImageSummaries::compute);
    k.add("AudioSummaryV2", c -> audio(c, rate(c.input(2))));
    k.add("AudioSummary", c -> audio(c, c.attrs().getFloat("sample_rate")));
    PrintKernels.register(k);
  }

  static void output(KernelContext c, Summary s) {
    c.output(0, ReaderKernels.string(s.toByteArray()));
  }

  /** The tag, input 0. */
  static String tag(KernelContext c) {
    return Dims.requireScalar(c.input(0), "the tag").getString(0);
  }

  private static void scalar(KernelContext c) {
    Dims.requireSame(c.input(0), "the tags", c.input(1), "the values");
    Summary.Builder s = Summary.newBuilder();
    for (int i = 0; i < c.input(0).size(); i++) {
      s.addValueBuilder()
          .setTagBytes(ByteString.copyFrom(c.input(0).strings()[i]))
          .setSimpleValue((float) c.input(1).getDouble(i));
    }
    output(c, s.build());
  }

  private static void histogram(KernelContext c) {
    String tag = tag(c);
    Histogram h = new Histogram();
    TensorValue values = c.input(1);
    for (int i = 0; i < values.size(); i++) {
      double x = values.getDouble(i);
      if (!Double.isFinite(x)) {
        throw new InvalidArgumentException(
            (Double.isNaN(x) ? "NaN" : "infinity") + " in the histogram of '" + tag + "'");
      }
      h.add(x);
    }
    Summary.Builder s = Summary.newBuilder();
    s.addValueBuilder().setTag(tag).setHisto(h.toProto());
    output(c, s.build());
  }

  private static void tensor(KernelContext c) {
    Summary.Builder s = Summary.newBuilder();
    Summary.Value.Builder v = s.addValueBuilder();
    v.setTag(tag(c));
    v.setTensor(TensorProtos.write(c.input(1)));
    try {
      byte[] metadata = Dims.requireScalar(c.input(2), "the metadata").strings()[0];
      v.setMetadata(SummaryMetadata.parseFrom(metadata));
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidArgumentException("the metadata is no SummaryMetadata", e);
    }
    output(c, s.build());
  }

  private static void untagged(KernelContext c) {
    Summary.Builder s = Summary.newBuilder();
    s.addValueBuilder().setNodeName(c.nodeName()).setTensor(TensorProtos.write(c.input(0)));
    output(c, s.build());
  }

  private static void merge(KernelContext c) {
    Summary.Builder all = Summary.newBuilder();
    Set<String> tags = new HashSet<>();
    for (int i = 0; i < c.inputCount(); i++) {
      for (byte[] bytes : c.input(i).strings()) {
        Summary s;
        try {
          s = Summary.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
          throw new InvalidArgumentException("input " + i + " is no serialized Summary", e);
        }
        for (Summary.Value v : s.getValueList()) {
          if (!v.getTag().isEmpty() && !tags.add(v.getTag())) {
            throw new InvalidArgumentException(
                "two of the summaries to be merged have the tag '" + v.getTag() + "'");
          }
          all.addValue(v);
        }
      }
    }
    output(c, all.build());
  }

  // ---- sounds

  private static float rate(TensorValue x) {
    return Dims.requireScalar(x, "the sample rate").floats()[0];
  }

  private static void audio(KernelContext c, float rate) {
    if (!(rate > 0)) {
      throw new InvalidArgumentException("the sample rate must be positive, not " + rate);
    }
    String tag = tag(c);
    TensorValue sound = c.input(1);
    int rank = sound.shape().rank();
    if (rank != 2 && rank != 3) {
      throw new InvalidArgumentException(
          "sounds are of shape [batch, frames] or [batch, frames, channels], not " + sound.shape());
    }
    int frames = (int) sound.shape().dim(1);
    int channels = rank == 3 ? (int) sound.shape().dim(2) : 1;
    long max = c.attrs().getInt("max_outputs");
    int n = (int) Math.min(max, sound.shape().dim(0));
    Summary.Builder s = Summary.newBuilder();
    for (int i = 0; i < n; i++) {
      byte[] wav =
          Wav.encode(
              sound.floats(),
              i * frames * channels,
              frames,
              channels,
              (int) Math.round((double) rate));
      Summary.Value.Builder v = s.addValueBuilder();
      v.setTag(max > 1 ? tag + "/audio/" + i : tag + "/audio");
      v.getAudioBuilder()
          .setSampleRate(rate)
          .setNumChannels(channels)
          .setLengthFrames(frames)
          .setEncodedAudioString(ByteString.copyFrom(wav))
          .setContentType("audio/wav");
    }
    output(c, s.build());
  }

  /** Whether the values are whole bytes already. */
  static boolean isBytes(TensorValue x) {
    return x.dtype() == DataType.UINT8;
  }
}
