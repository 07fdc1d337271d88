package dev.millrace.ops.defs;

import static dev.millrace.ops.defs.QueueOps.aboutHandle;
import static dev.millrace.ops.defs.QueueOps.requireHandle;
import static dev.millrace.ops.defs.QueueOps.shared;

import dev.millrace.graph.OpDef;
import dev.millrace.graph.OpRegistry;
import dev.millrace.graph.Shape;

/** Files, and readers that take the names of files from a queue and give records. */
final class ReaderOps {
  private static final String RESOURCE = "reader_handle: resource";

  private ReaderOps() {}

  static void register(OpRegistry r) {
    files(r);
    for (boolean old : new boolean[] {true, false}) {
      readers(r, old);
      reading(r, old);
      others(r, old);
    }
  }

  private static void files(OpRegistry r) {
    r.add(
        OpDef.named("ReadFile")
            .inputs("filename: string")
            .outputs("contents: string")
            .stateful()
            .shape(
                c -> {
                  Shapes.requireScalar(c, 0, "a file's name");
                  c.output(0, Shape.scalar());
                }));
    r.add(
        OpDef.named("WriteFile")
            .inputs("filename: string", "contents: string")
            .stateful()
            .shape(
                c -> {
                  Shapes.requireScalar(c, 0, "a file's name");
                  Shapes.requireScalar(c, 1, "a file's contents");
                }));
    r.add(
        OpDef.named("MatchingFiles")
            .inputs("pattern: string")
            .outputs("filenames: string")
            .stateful()
            .stateShape()
            .shape(
                c -> {
                  Shapes.requireRankAtMost(c, 0, 1, "the patterns");
                  c.output(0, Shape.ofRank(1));
                }));
  }

  private static void readers(OpRegistry r, boolean old) {
    String v = old ? "" : "V2";
    String handle = "reader_handle";
    r.add(shared("WholeFileReader" + v, old, handle));
    r.add(shared("IdentityReader" + v, old, handle));
    r.add(shared("TextLineReader" + v, old, handle, "skip_header_lines: int = 0"));
    r.add(shared("TFRecordReader" + v, old, handle).attrs("compression_type: string = ''"));
    OpDef.Builder fixed =
        shared(
            "FixedLengthRecordReader" + v,
            old,
            handle,
            "header_bytes: int = 0",
            "record_bytes: int",
            "footer_bytes: int = 0",
            "hop_bytes: int = 0");
    r.add(old ? fixed : fixed.attrs("encoding: string = ''"));
  }

  private static OpDef.Builder on(String type, boolean old, String... moreInputs) {
    String[] all = new String[moreInputs.length + 1];
    all[0] = old ? "reader_handle: Ref(string)" : RESOURCE;
    System.arraycopy(moreInputs, 0, all, 1, moreInputs.length);
    return OpDef.named(type + (old ? "" : "V2")).inputs(all).stateful();
  }

  private static void reading(OpRegistry r, boolean old) {
    String queue = old ? "queue_handle: Ref(string)" : "queue_handle: resource";
    r.add(
        on("ReaderRead", old, queue)
            .outputs("key: string", "value: string")
            .shape(
                c -> {
                  requireHandle(c, 0);
                  requireHandle(c, 1);
                  c.output(0, Shape.scalar());
                  c.output(1, Shape.scalar());
                }));
    r.add(
        on("ReaderReadUpTo", old, queue, "num_records: int64")
            .outputs("keys: string", "values: string")
            .stateShape()
            .shape(
                c -> {
                  requireHandle(c, 0);
                  requireHandle(c, 1);
                  Shapes.requireScalar(c, 2, "the number of records");
                  c.output(0, Shape.ofRank(1));
                  c.output(1, Shape.ofRank(1));
                }));
  }

  private static void others(OpRegistry r, boolean old) {
    r.add(
        on("ReaderNumRecordsProduced", old)
            .outputs("records_produced: int64")
            .shape(c -> aboutHandle(c)));
    r.add(
        on("ReaderNumWorkUnitsCompleted", old)
            .outputs("units_completed: int64")
            .shape(c -> aboutHandle(c)));
    r.add(on("ReaderSerializeState", old).outputs("state: string").shape(c -> aboutHandle(c)));
    r.add(
        on("ReaderRestoreState", old, "state: string")
            .shape(
                c -> {
                  requireHandle(c, 0);
                  Shapes.requireScalar(c, 1, "the state");
                }));
    r.add(on("ReaderReset", old).shape(c -> requireHandle(c, 0)));
  }
}
