package dev.millrace.session.cpu;

import dev.millrace.session.memory.Region;

/** A piece of an output of a program, which takes blocks of results. */
abstract class Result {
  final Lane lane;
  final Region region;
  final int first;

  private Result(Lane lane, Region region, int first) {
    this.lane = lane;
    this.region = region;
    this.first = first;
  }

  /** Takes the {@code n} elements of a block that begins at element {@code at} of the piece. */
  abstract void store(Object block, int at, int n);

  /** The piece that is walked so; nothing in it repeats. */
  static Result of(Lane lane, Region region, Broadcast walk) {
    if (walk.isDense()) {
      return new Dense(lane, region, walk.offset());
    }
    return walk.rank() == 1
        ? new Spread(lane, region, walk.offset(), walk.innerStride())
        : new Runs(lane, region, walk);
  }

  private static final class Dense extends Result {
    Dense(Lane lane, Region region, int first) {
      super(lane, region, first);
    }

    @Override
    void store(Object block, int at, int n) {
      lane.put(region, first + at, block, 0, n);
    }
  }

  /** Elements with others in between. */
  private static final class Spread extends Result {
    private final int step;

    Spread(Lane lane, Region region, int first, int step) {
      super(lane, region, first);
      this.step = step;
    }

    @Override
    void store(Object block, int at, int n) {
      lane.scatter(region, first + at * step, step, block, 0, n);
    }
  }

  /** Runs of elements with others in between. */
  private static final class Runs extends Result {
    private final int run;
    private final int step;

    Runs(Lane lane, Region region, Broadcast walk) {
      super(lane, region, walk.offset());
      this.run = walk.inner();
      this.step = walk.stride(0);
      if (walk.rank() != 2 || walk.innerStride() != 1) {
        throw new IllegalArgumentException("a result of more than one cut dimension");
      }
    }

    @Override
    void store(Object block, int at, int n) {
      int skipped = at % run;
      int to = first + at / run * step;
      for (int done = 0; done < n; to += step) {
        int m = Math.min(run - skipped, n - done);
        lane.put(region, to + skipped, block, done, m);
        done += m;
        skipped = 0;
      }
    }
  }
}
