package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.Code;
import dev.millrace.proto.MetaGraphDef;
import dev.millrace.proto.QueueRunnerDef;
import dev.millrace.proto.VariableDef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Input pipelines as tf.train writes them into meta graphs: producers, readers, decoders, batches,
 * their queues, and the runners that fill these.
 */
final class PythonPipelines {
  private static final DataType F32 = DataType.FLOAT32;
  private static final DataType I64 = DataType.INT64;
  private static final DataType STRING = DataType.STRING;
  private static final int TF_1_4 = 24;
  private static final int TF_1_15 = 134;

  private final PythonNodes g;
  private final String v; // the ending of the types of ops on queues and readers

  private PythonPipelines(int producer, String version) {
    g = new PythonNodes(producer);
    v = version;
  }

  /**
   * Lines of CSV, in batches of 4 and a smaller one: string_input_producer, TextLineReader,
   * decode_csv, batch.
   */
  static MetaGraphDef csv(List<String> files) {
    PythonPipelines p = new PythonPipelines(TF_1_15, "V2");
    p.producer(files, 2);
    p.g.node("TextLineReaderV2", "TextLineReaderV2", "", "skip_header_lines", 1);
    p.g.node("ReaderReadV2", "ReaderReadV2", "TextLineReaderV2 input_producer");
    TensorValue none = TensorValue.zeros(F32, Shape.of(0));
    p.g.constant("DecodeCSV/record_defaults_0", none);
    p.g.constant("DecodeCSV/record_defaults_1", new long[] {7});
    p.g.constant("DecodeCSV/record_defaults_2", new String[] {"?"});
    p.g.node(
        "DecodeCSV",
        "DecodeCSV",
        "ReaderReadV2:1 DecodeCSV/record_defaults_0 DecodeCSV/record_defaults_1"
            + " DecodeCSV/record_defaults_2",
        "OUT_TYPE",
        new DataType[] {F32, I64, STRING});
    p.batch(
        "FIFOQueueV2",
        "fifo_queue",
        "DecodeCSV DecodeCSV:1 DecodeCSV:2",
        new DataType[] {F32, I64, STRING},
        new Shape[] {Shape.scalar(), Shape.scalar(), Shape.scalar()},
        1,
        "UpTo",
        4);
    return p.g.metaGraphDef();
  }

  /**
   * Examples of TFRecord files as TensorFlow 1.4 wrote their pipeline: handles by reference and
   * runners without exception types, rows of many lengths, padded.
   */
  static MetaGraphDef oldRecords(List<String> files) {
    PythonPipelines p = new PythonPipelines(TF_1_4, "");
    p.producer(files, 1);
    p.g.node("TFRecordReader", "TFRecordReader", "");
    p.g.node("ReaderRead", "ReaderRead", "TFRecordReader input_producer");
    p.g.constant("ExpandDims/dim", 0);
    p.g.node("ExpandDims", "ExpandDims", "ReaderRead:1 ExpandDims/dim");
    p.g.constant("ParseExample/names", TensorValue.zeros(STRING, Shape.of(0)));
    p.g.constant("ParseExample/dense_keys_0", "label");
    p.g.constant("ParseExample/dense_default_0", TensorValue.zeros(I64, Shape.of(0)));
    p.g.constant("ParseExample/sparse_keys_0", "row");
    p.g.node(
        "ParseExample",
        "ParseExample",
        "ExpandDims ParseExample/names ParseExample/sparse_keys_0 ParseExample/dense_keys_0"
            + " ParseExample/dense_default_0",
        "sparse_types",
        new DataType[] {F32},
        "dense_shapes",
        new Shape[] {Shape.scalar()},
        "Nsparse",
        1,
        "Ndense",
        1,
        "Tdense",
        new DataType[] {I64});
    p.g.node("Squeeze_label", "Squeeze", "ParseExample:3", "squeeze_dims", ints(0));
    p.batch(
        "PaddingFIFOQueue",
        "padding_fifo_queue",
        "Squeeze_label ParseExample:1",
        new DataType[] {I64, F32},
        new Shape[] {Shape.scalar(), Shape.of(-1)},
        1,
        "Many",
        3);
    return p.g.metaGraphDef();
  }

  /**
   * shuffle_batch of lines, in batches of 5. All are in the queue before one is taken, since that
   * many are to stay behind until it is closed: with one thread, the order is told by the seeds.
   */
  static MetaGraphDef shuffled(List<String> files, int lines, int threads) {
    PythonPipelines p = new PythonPipelines(TF_1_15, "V2");
    p.producer(files, 1);
    p.g.node("TextLineReaderV2", "TextLineReaderV2", "");
    p.g.node("ReaderReadV2", "ReaderReadV2", "TextLineReaderV2 input_producer");
    p.batch(
        "RandomShuffleQueueV2",
        "random_shuffle_queue",
        "ReaderReadV2:1",
        new DataType[] {STRING},
        new Shape[] {Shape.scalar()},
        threads,
        "Many",
        5,
        "min_after_dequeue",
        lines,
        "seed",
        87654321,
        "seed2",
        5);
    return p.g.metaGraphDef();
  }

  private static dev.millrace.proto.AttrValue ints(long... xs) {
    var b = dev.millrace.proto.AttrValue.newBuilder();
    for (long x : xs) {
      b.getListBuilder().addI(x);
    }
    return b.build();
  }

  /** string_input_producer(files, num_epochs, shuffle=False). */
  private void producer(List<String> files, int epochs) {
    g.constant("input_producer/Const", files.toArray(String[]::new));
    g.constant("input_producer/Size", files.size());
    g.constant("input_producer/Greater/y", 0);
    g.node("input_producer/Greater", "Greater", "input_producer/Size input_producer/Greater/y");
    g.constant(
        "input_producer/Assert/Assert/data_0",
        "string_input_producer requires a non-null input tensor");
    g.node(
        "input_producer/Assert/Assert",
        "Assert",
        "input_producer/Greater input_producer/Assert/Assert/data_0",
        "T",
        new DataType[] {STRING},
        "summarize",
        3);
    g.node(
        "input_producer/Identity",
        "Identity",
        "input_producer/Const ^input_producer/Assert/Assert");
    String limit = "input_producer/limit_epochs";
    g.constant(limit + "/Const", 0L);
    g.node(limit + "/epochs", "VariableV2", "", "dtype", I64, "shape", Shape.scalar());
    g.node(limit + "/epochs/Assign", "Assign", limit + "/epochs " + limit + "/Const");
    g.node(limit + "/epochs/read", "Identity", limit + "/epochs");
    g.node(limit + "/CountUpTo", "CountUpTo", limit + "/epochs", "limit", epochs);
    g.node(limit, "Identity", "input_producer/Identity ^" + limit + "/CountUpTo");
    g.collect(
        GraphKeys.LOCAL_VARIABLES,
        VariableDef.newBuilder()
            .setVariableName(limit + "/epochs:0")
            .setInitializerName(limit + "/epochs/Assign")
            .setSnapshotName(limit + "/epochs/read:0")
            .build());
    g.node("init", "NoOp", "^" + limit + "/epochs/Assign");
    g.node(
        "input_producer",
        "FIFOQueue" + v,
        "",
        "component_types",
        new DataType[] {STRING},
        "shapes",
        new Shape[] {Shape.scalar()},
        "capacity",
        32);
    String enqueue = "input_producer/input_producer_EnqueueMany";
    g.node(
        enqueue,
        "QueueEnqueueMany" + v,
        "input_producer " + limit,
        "Tcomponents",
        new DataType[] {STRING});
    runner("input_producer", "input_producer/input_producer", List.of(enqueue));
    fullness("input_producer", "input_producer/input_producer_Size", "input_producer");
  }

  /** The closing operations of a queue, and its runner. */
  private void runner(String queue, String prefix, List<String> enqueues) {
    g.node(prefix + "_Close", "QueueClose" + v, queue);
    g.node(prefix + "_Close_1", "QueueClose" + v, queue, "cancel_pending_enqueues", true);
    QueueRunnerDef.Builder b =
        QueueRunnerDef.newBuilder()
            .setQueueName(queue)
            .addAllEnqueueOpName(enqueues)
            .setCloseOpName(prefix + "_Close")
            .setCancelOpName(prefix + "_Close_1");
    if (v.equals("V2")) {
      b.addQueueClosedExceptionTypes(Code.OUT_OF_RANGE);
    }
    g.collect(GraphKeys.QUEUE_RUNNERS, b.build());
  }

  private void fullness(String scope, String size, String queue) {
    g.node(size, "QueueSize" + v, queue);
    g.node(scope + "/Cast", "Cast", size, "DstT", F32);
    g.constant(scope + "/mul/y", 1 / 32f);
    g.node(scope + "/mul", "Mul", scope + "/Cast " + scope + "/mul/y");
    g.constant(scope + "/fraction_of_32_full/tags", scope + "/fraction_of_32_full");
    g.node(
        scope + "/fraction_of_32_full",
        "ScalarSummary",
        scope + "/fraction_of_32_full/tags " + scope + "/mul");
    g.collect(GraphKeys.SUMMARIES, scope + "/fraction_of_32_full:0");
  }

  /** tf.train.batch: a queue that threads fill, and batches from it. */
  private void batch(
      String type,
      String name,
      String components,
      DataType[] types,
      Shape[] shapes,
      int threads,
      String taking,
      int size,
      Object... attrs) {
    List<Object> all =
        new ArrayList<>(List.of("component_types", types, "shapes", shapes, "capacity", 32));
    Collections.addAll(all, attrs);
    String queue = g.node("batch/" + name, type, "", all.toArray());
    String enqueue =
        g.node(
            queue + "_enqueue", "QueueEnqueue" + v, queue + " " + components, "Tcomponents", types);
    runner(queue, queue, Collections.nCopies(threads, enqueue));
    fullness("batch", queue + "_Size", queue);
    g.constant("batch/n", size);
    g.node("batch", "QueueDequeue" + taking + v, queue + " batch/n", "component_types", types);
  }
}
