package dev.millrace.session;

import dev.millrace.graph.TensorValue;
import dev.millrace.graph.checkpoint.BundleWriter;
import dev.millrace.graph.checkpoint.CheckpointReader;
import dev.millrace.graph.checkpoint.CheckpointStateFile;
import java.nio.file.Path;

/**
 * A program that saves for ever, to be killed. It writes to standard output after every step, and
 * continues with the number after the latest checkpoint's.
 */
final class SaveLoop {
  static final String SAME = "same";
  static final String MODEL = "model";
  static final int TENSORS = 12;

  private SaveLoop() {}

  public static void main(String[] args) {
    Path dir = Path.of(args[0]);
    long step = latest(dir) + 1;
    KeptCheckpoints kept = new KeptCheckpoints(2, 10_000, System::currentTimeMillis);
    CheckpointStateFile.read(dir, CheckpointStateFile.NAME).ifPresent(s -> kept.recover(s.all()));
    for (; ; step++) {
      write(dir.resolve(SAME), step);
      Path p = dir.resolve(MODEL + "-" + step);
      write(p, step);
      kept.record(p, dir, CheckpointStateFile.NAME);
      System.out.print('.');
      System.out.flush();
    }
  }

  private static void write(Path prefix, long step) {
    try (BundleWriter w = new BundleWriter(prefix)) {
      for (int i = 0; i < TENSORS; i++) {
        long[] v = new long[200];
        java.util.Arrays.fill(v, step);
        w.add("t" + i, TensorValue.ofLongs(v));
      }
      w.finish();
    }
  }

  /** The step of the latest checkpoint, which must be whole; 0 if there is none yet. */
  static long latest(Path dir) {
    return CheckpointStateFile.read(dir, CheckpointStateFile.NAME)
        .map(s -> check(s.latest()))
        .orElse(0L);
  }

  /** The step in all tensors of a checkpoint. */
  static long check(Path prefix) {
    try (CheckpointReader r = CheckpointReader.open(prefix)) {
      long step = r.read("t0").longs()[0];
      for (int i = 0; i < TENSORS; i++) {
        for (long x : r.read("t" + i).longs()) {
          if (x != step) {
            throw new IllegalStateException(prefix + " has values of two steps");
          }
        }
      }
      return step;
    }
  }
}
