package dev.millrace.session.plan;

import dev.millrace.graph.Shape;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The programs of one segment by input shapes. Bounded by number, and by the number of their nodes,
 * for which bound instances take heap; the least recently used go first. Their intermediate values
 * share the memory of the runs.
 */
final class ProgramCache {
  private static final int MAX_PROGRAMS = 512;
  private static final int MAX_NODES = 8192;

  private final Segment segment;
  private final BlockContext shared;
  private final Map<List<Shape>, SegmentProgram> programs = new LinkedHashMap<>(16, 0.75f, true);
  private int nodes;
  private volatile SegmentProgram latest;

  ProgramCache(Segment segment, BlockContext shared) {
    this.segment = segment;
    this.shared = shared;
  }

  /** The program for the shapes of these inputs. */
  SegmentProgram get(Carrier[] inputs) {
    SegmentProgram p = latest;
    if (p != null && fits(p, inputs)) {
      return p;
    }
    List<Shape> shapes = new ArrayList<>(inputs.length);
    for (Carrier c : inputs) {
      shapes.add(c.shape());
    }
    return get(shapes);
  }

  Segment segment() {
    return segment;
  }

  /** The program that ran last, or null. */
  SegmentProgram latest() {
    return latest;
  }

  /** The program for inputs of these shapes. */
  SegmentProgram get(List<Shape> shapes) {
    synchronized (programs) {
      SegmentProgram p = programs.get(shapes);
      if (p == null) {
        p = Specializer.specialize(segment, shapes, shared.constants(), shared.fuse());
        shared.counters().countSpecialization();
        programs.put(p.inputShapes(), p);
        nodes += p.nodes().size();
        evict(p);
      }
      latest = p;
      return p;
    }
  }

  private static boolean fits(SegmentProgram p, Carrier[] inputs) {
    List<Shape> shapes = p.inputShapes();
    for (int i = 0; i < inputs.length; i++) {
      if (!shapes.get(i).equals(inputs[i].shape())) {
        return false;
      }
    }
    return true;
  }

  private void evict(SegmentProgram newest) {
    Iterator<SegmentProgram> oldest = programs.values().iterator();
    while ((programs.size() > MAX_PROGRAMS || nodes > MAX_NODES) && oldest.hasNext()) {
      SegmentProgram p = oldest.next();
      if (p != newest) {
        oldest.remove();
        nodes -= p.nodes().size();
        p.drop();
        latest = latest == p ? null : latest;
      }
    }
  }

  void clear() {
    synchronized (programs) {
      programs.values().forEach(SegmentProgram::drop);
      programs.clear();
      nodes = 0;
      latest = null;
    }
  }
}
