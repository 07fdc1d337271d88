package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.memory.Region;
import java.nio.ByteBuffer;

/** Puts together an output of slices, all of one length, that lie anywhere in an input. */
abstract class PickStep extends RangeStep {
  private final Region x;
  private final Region z;
  private final Scratch scratch;
  private final Lane lane;
  private final int sliceBytes;
  private final boolean single;

  /**
   * @param slices how many the output has
   * @param inner the elements of a slice
   */
  PickStep(BindContext node, Region x, int slices, int inner) {
    super(node.pool(), slices, 1, 15 + inner * node.outputType(0).size() * 0.06);
    int element = node.outputType(0).size();
    this.x = x;
    this.z = node.output(0);
    this.scratch = node.scratch();
    this.sliceBytes = inner * element;
    this.single = inner == 1 && element <= 8;
    this.lane = Lane.moving(element);
  }

  /** Which slice of the input becomes slice {@code item} of the output. */
  abstract int source(int item);

  @Override
  final void range(int from, int to, int chunk, int worker) {
    if (single) {
      elements(from, to, worker);
      return;
    }
    ByteBuffer src = x.bytes();
    ByteBuffer dst = z.bytes();
    for (int item = from; item < to; item++) {
      int source = source(item);
      if (sliceBytes > 0) {
        dst.put(item * sliceBytes, src, source * sliceBytes, sliceBytes);
      }
    }
  }

  /** Slices of one element each. */
  private void elements(int from, int to, int worker) {
    Object block = lane.block(scratch, worker, 0, Scratch.BLOCK);
    int[] at = scratch.ints(worker, 1, Scratch.BLOCK);
    for (int item = from; item < to; item += Scratch.BLOCK) {
      int n = Math.min(Scratch.BLOCK, to - item);
      for (int i = 0; i < n; i++) {
        at[i] = source(item + i);
      }
      lane.pick(x, at, block, n);
      lane.put(z, item, block, 0, n);
    }
  }
}
