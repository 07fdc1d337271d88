package dev.millrace.session.reference;

import dev.millrace.graph.Attrs;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.record.Compression;
import dev.millrace.session.queue.TensorQueue;
import dev.millrace.session.reader.Reader;
import dev.millrace.session.state.Wait;
import java.util.List;
import java.util.function.Function;

/** Readers of records. */
final class ReaderKernels {
  private static final String READER = "reader";

  private ReaderKernels() {}

  static void register(ReferenceKernels k) {
    FileKernels.register(k);
    for (String v : new String[] {"", "V2"}) {
      maker(k, "IdentityReader" + v, c -> Reader.identity(c.nodeName()));
      maker(k, "WholeFileReader" + v, c -> Reader.wholeFiles(c.nodeName()));
      maker(
          k,
          "TextLineReader" + v,
          c -> Reader.lines(c.nodeName(), c.attrs().getInt("skip_header_lines")));
      maker(
          k,
          "TFRecordReader" + v,
          c -> Reader.framed(c.nodeName(), compression(c, "compression_type")));
      maker(k, "FixedLengthRecordReader" + v, ReaderKernels::fixed);
      k.addWaiting("ReaderRead" + v, ReaderKernels::read);
      k.addWaiting("ReaderReadUpTo" + v, ReaderKernels::readUpTo);
      QueueKernels.atOnce(
          k,
          "ReaderNumRecordsProduced" + v,
          c -> c.output(0, TensorValue.of(reader(c).recordsProduced())));
      QueueKernels.atOnce(
          k,
          "ReaderNumWorkUnitsCompleted" + v,
          c -> c.output(0, TensorValue.of(reader(c).workUnitsCompleted())));
      QueueKernels.atOnce(k, "ReaderReset" + v, c -> reader(c).reset());
      QueueKernels.atOnce(
          k, "ReaderSerializeState" + v, c -> c.output(0, string(reader(c).state())));
      QueueKernels.atOnce(
          k,
          "ReaderRestoreState" + v,
          c -> reader(c).restore(Dims.requireScalar(c.input(1), "the state").strings()[0]));
    }
  }

  private static void maker(ReferenceKernels k, String type, Function<KernelContext, Reader> make) {
    k.add(type, c -> Handles.make(c, READER, Reader.class, () -> make.apply(c)));
  }

  static Compression compression(KernelContext c, String attr) {
    return c.attrs().has(attr) ? Compression.ofName(c.attrs().getString(attr)) : Compression.NONE;
  }

  private static Reader fixed(KernelContext c) {
    Attrs a = c.attrs();
    return Reader.fixed(
        c.nodeName(),
        a.getInt("header_bytes"),
        a.getInt("record_bytes"),
        a.getInt("footer_bytes"),
        a.getInt("hop_bytes"),
        compression(c, "encoding"));
  }

  private static Reader reader(KernelContext c) {
    return Handles.get(c, 0, READER, Reader.class);
  }

  /** A scalar of bytes. */
  static TensorValue string(byte[] bytes) {
    return TensorValue.wrap(DataType.STRING, Shape.scalar(), new byte[][] {bytes});
  }

  private static TensorValue strings(List<byte[]> all) {
    return TensorValue.wrap(DataType.STRING, Shape.vector(all.size()), all.toArray(byte[][]::new));
  }

  private static TensorQueue work(KernelContext c) {
    TensorQueue q = QueueKernels.queue(c, 1);
    if (!q.spec().types().equals(List.of(DataType.STRING))) {
      throw new InvalidArgumentException(
          "a reader takes strings from its queue, but " + q + " holds " + q.spec().types());
    }
    return q;
  }

  private static Wait read(KernelContext c, Runnable changed) {
    return reader(c)
        .read(
            work(c),
            (keys, values) -> {
              c.output(0, string(keys.get(0)));
              c.output(1, string(values.get(0)));
            },
            changed);
  }

  private static Wait readUpTo(KernelContext c, Runnable changed) {
    long n = Dims.scalar(c.input(2), "the number of records");
    if (n <= 0) {
      throw new InvalidArgumentException("the number of records must be positive, not " + n);
    }
    return reader(c)
        .readUpTo(
            work(c),
            n,
            (keys, values) -> {
              c.output(0, strings(keys));
              c.output(1, strings(values));
            },
            changed);
  }
}
