package dev.millrace.session;

import dev.millrace.graph.checkpoint.CheckpointFiles;
import dev.millrace.graph.checkpoint.CheckpointReader;
import dev.millrace.graph.checkpoint.CheckpointStateFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** The checkpoints that a saver keeps, and which of them it deletes for others. */
final class KeptCheckpoints {
  private static final double MILLIS_AN_HOUR = 3_600_000;

  private final int most;
  private final double hours;
  private final LongSupplier clock;
  private final List<Kept> kept = new ArrayList<>();
  private double nextToPreserve;
  private double preserved;

  private record Kept(Path path, double millis) {}

  /**
   * @param most how many are kept; 0 for all
   * @param hours every how many hours one is kept for good
   */
  KeptCheckpoints(int most, double hours, LongSupplier clock) {
    this.most = most;
    this.hours = hours;
    this.clock = clock;
    this.nextToPreserve = clock.getAsLong() + hours * MILLIS_AN_HOUR;
  }

  List<Path> all() {
    return kept.stream().map(Kept::path).toList();
  }

  /** Notes a new one as the latest; only then are old ones deleted. */
  void record(Path latest, Path directory, String stateFile) {
    List<Kept> surplus = new ArrayList<>();
    if (most > 0) {
      kept.removeIf(k -> k.path.equals(latest));
      kept.add(new Kept(latest, clock.getAsLong()));
      while (kept.size() > most) {
        surplus.add(kept.remove(0));
      }
    }
    List<Path> all = kept.isEmpty() ? List.of(latest) : all();
    List<Double> times =
        kept.isEmpty()
            ? List.of(clock.getAsLong() / 1000.0)
            : kept.stream().map(k -> k.millis / 1000).toList();
    for (Kept k : surplus) {
      if (k.millis > nextToPreserve) {
        preserved = k.millis / 1000;
      }
    }
    new CheckpointStateFile(latest, all, times, preserved).write(directory, stateFile);
    for (Kept k : surplus) {
      if (k.millis > nextToPreserve) {
        nextToPreserve += hours * MILLIS_AN_HOUR;
      } else {
        CheckpointFiles.delete(k.path);
      }
    }
  }

  void recover(List<Path> checkpoints) {
    kept.clear();
    for (Path p : checkpoints) {
      if (CheckpointReader.exists(p)) {
        kept.add(new Kept(p, clock.getAsLong()));
      }
    }
  }
}
