package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BindContext;
import dev.millrace.session.kernel.Scratch;
import dev.millrace.session.kernel.Step;
import dev.millrace.session.memory.Region;

/** Writes one element to every place of a region; the element is in memory, or zero bytes. */
final class FillStep extends RangeStep {
  private final Lane lane;
  private final Region value;
  private final Region z;
  private final Scratch scratch;

  /** Elements of 16 bytes are two of 8. */
  private final int width;

  private FillStep(BindContext node, Region value, Region z, int elements, int elementSize) {
    super(node.pool(), elements * width(elementSize), Scratch.BLOCK, 0.01 * elementSize);
    this.lane = Lane.moving(elementSize);
    this.value = value;
    this.z = z;
    this.scratch = node.scratch();
    this.width = width(elementSize);
  }

  private static int width(int elementSize) {
    return elementSize == 16 ? 2 : 1;
  }

  /** Fills with the element at the beginning of {@code value}. */
  static Step of(BindContext node, Region value, Region z, long elements, int elementSize) {
    return elements == 0
        ? Steps.NOTHING
        : new FillStep(node, value, z, Math.toIntExact(elements), elementSize);
  }

  @Override
  void range(int from, int to, int chunk, int worker) {
    Object block = lane.block(scratch, worker, 0, Scratch.BLOCK);
    int most = Math.min(Scratch.BLOCK, to - from);
    if (width == 1) {
      lane.fill(value, 0, block, 0, most);
    } else {
      lane.get(value, 0, block, 0, 2);
      for (int i = 2; i < most; i += 2) {
        System.arraycopy(block, 0, block, i, 2);
      }
    }
    for (int at = from; at < to; at += Scratch.BLOCK) {
      lane.put(z, at, block, 0, Math.min(Scratch.BLOCK, to - at));
    }
  }
}
