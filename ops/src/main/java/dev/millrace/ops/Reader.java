package dev.millrace.ops;

import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import java.util.List;

/**
 * Gives records of files whose names come out of a queue: made by {@link Io}. What it has read is
 * kept by the session.
 */
public final class Reader {
  private final Ops ops;
  private final Output handle;

  Reader(Ops ops, Output handle) {
    this.ops = ops;
    this.handle = handle;
  }

  /** A record and what it is called, string scalars. */
  public record Item(Tensor key, Tensor value) {}

  /** The resource that the reader's operations take. */
  public Output handle() {
    return handle;
  }

  /**
   * The next record (ReaderReadV2). Where a file ends the reader dequeues the name of the next,
   * waiting for it if need be; when the queue is closed and empty it fails with an {@link
   * dev.millrace.graph.OutOfRangeException}.
   */
  public Item read(Queue files) {
    List<Tensor> r =
        ops.tensors(
            ops.op("ReaderReadV2", "ReaderReadV2").input(handle).input(files.handle()).build());
    return new Item(r.get(0), r.get(1));
  }

  /** Up to {@code n} records of one file, one at least, as vectors (ReaderReadUpToV2). */
  public Item readUpTo(Queue files, Object n) {
    List<Tensor> r =
        ops.tensors(
            ops.begin("ReaderReadUpToV2", "ReaderReadUpToV2", handle, files.handle(), n).build());
    return new Item(r.get(0), r.get(1));
  }

  /** How many records have been read, an int64 scalar. */
  public Tensor numRecordsProduced() {
    return ops.node("ReaderNumRecordsProducedV2", null, handle);
  }

  /** How many files have been read to their ends, an int64 scalar. */
  public Tensor numWorkUnitsCompleted() {
    return ops.node("ReaderNumWorkUnitsCompletedV2", null, handle);
  }

  /** The state as a string; of readers that {@link Io#identityReader} makes only. */
  public Tensor serializeState() {
    return ops.node("ReaderSerializeStateV2", null, handle);
  }

  /** Goes back to a state. */
  public Operation restoreState(Object state) {
    return ops.begin("ReaderRestoreStateV2", "ReaderRestoreStateV2", handle, state).build();
  }

  /** Begins anew, as if nothing had been read. */
  public Operation reset() {
    return ops.op("ReaderResetV2", null).input(handle).build();
  }
}
