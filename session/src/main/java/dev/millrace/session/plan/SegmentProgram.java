package dev.millrace.session.plan;

import dev.millrace.graph.Shape;
import dev.millrace.session.kernel.PlanResources;
import dev.millrace.session.memory.HeapCopies;
import dev.millrace.session.memory.NativeMemory;
import dev.millrace.session.memory.Region;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A segment specialised for the shapes of its inputs, with the instances that are bound to memory.
 * An instance serves one run at a time; concurrent runs take one each, and a few are kept for the
 * next.
 */
final class SegmentProgram {
  /** How many idle instances are kept. */
  private static final int MAX_IDLE = 8;

  private final Segment segment;
  private final List<Shape> inputShapes;
  private final List<SpecNode> nodes;
  private final List<Slot> slots;
  private final List<Slot> inputs;
  private final List<Slot> outputs;
  private final long arenaBytes;
  private final ConstantStore store;
  private final ArrayDeque<SegmentInstance> idle = new ArrayDeque<>();
  private final Map<Slot, Region> constants = new HashMap<>();
  private NativeMemory constantMemory;
  private boolean dropped;

  SegmentProgram(
      Segment segment,
      List<Shape> inputShapes,
      List<SpecNode> nodes,
      List<Slot> slots,
      List<Slot> inputs,
      List<Slot> outputs,
      long arenaBytes,
      ConstantStore store) {
    this.segment = segment;
    this.inputShapes = inputShapes;
    this.nodes = nodes;
    this.slots = slots;
    this.inputs = inputs;
    this.outputs = outputs;
    this.arenaBytes = arenaBytes;
    this.store = store;
  }

  Segment segment() {
    return segment;
  }

  List<Shape> inputShapes() {
    return inputShapes;
  }

  List<SpecNode> nodes() {
    return nodes;
  }

  List<Slot> slots() {
    return slots;
  }

  List<Slot> inputs() {
    return inputs;
  }

  List<Slot> outputs() {
    return outputs;
  }

  /** How much memory the intermediate values of one instance take. */
  long arenaBytes() {
    return arenaBytes;
  }

  /** An idle instance, or a new one. */
  SegmentInstance acquire(PlanResources resources) {
    synchronized (idle) {
      SegmentInstance i = idle.poll();
      if (i != null) {
        return i;
      }
      bindConstants();
    }
    return new SegmentInstance(this, resources);
  }

  /** Gives an instance back. */
  void release(SegmentInstance i) {
    synchronized (idle) {
      if (!dropped && idle.size() < MAX_IDLE) {
        idle.push(i);
        return;
      }
    }
    i.close();
  }

  /** Frees the idle instances now, and those in use when they come back. */
  void drop() {
    synchronized (idle) {
      dropped = true;
      idle.forEach(SegmentInstance::close);
      idle.clear();
    }
  }

  /** The plan's constants lie in its store; those that were folded for these shapes, here. */
  private void bindConstants() {
    if (constantMemory != null) {
      return;
    }
    long total = 0;
    for (Slot s : slots) {
      if (s.kind() == Slot.Kind.CONSTANT && s.hasMemory()) {
        Region shared = store.find(s.constant());
        if (shared != null) {
          constants.put(s, shared);
        } else {
          s.setOffset(total);
          total += NativeMemory.align(s.bytes());
        }
      }
    }
    constantMemory = NativeMemory.allocate(total);
    for (Slot s : slots) {
      if (s.kind() == Slot.Kind.CONSTANT && s.hasMemory() && !constants.containsKey(s)) {
        Region r = constantMemory.region(s.offset(), s.bytes());
        HeapCopies.store(s.constant(), r);
        constants.put(s, r);
      }
    }
  }

  /** The memory of a constant slot, which all instances share. */
  Region constant(Slot s) {
    return constants.get(s);
  }
}
