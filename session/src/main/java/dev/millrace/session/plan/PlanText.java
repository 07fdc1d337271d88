package dev.millrace.session.plan;

import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.session.kernel.CellKernel;
import dev.millrace.session.kernel.FastKernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes plans as text: a step a line, what loops and branches run indented. */
final class PlanText {
  private final StringBuilder text = new StringBuilder();
  private String indent = "";

  /** Adds a line. */
  void line(String s) {
    text.append(indent).append(s).append('\n');
  }

  /** Adds what {@code inner} writes, further to the right. */
  void indented(Runnable inner) {
    String before = indent;
    indent += "  ";
    inner.run();
    indent = before;
  }

  @Override
  public String toString() {
    return text.toString();
  }

  /** A segment whose shapes are not known before the run. */
  void unspecialized(Segment s) {
    line(
        "segment " + s.index() + ": the run tells its shapes, and with them its steps; its nodes:");
    indented(() -> s.nodes().forEach(n -> line(n.toString())));
  }

  /** A segment for certain shapes. */
  void program(SegmentProgram p) {
    long steps = p.nodes().stream().filter(n -> n.action() != SpecNode.Action.NONE).count();
    double flops = p.nodes().stream().mapToDouble(StepCosts::flops).sum();
    long bytes = p.nodes().stream().mapToLong(StepCosts::bytes).sum();
    line(
        "segment "
            + p.segment().index()
            + ": "
            + steps
            + " steps, arena of "
            + bytes(p.arenaBytes())
            + ", memory traffic "
            + bytes(bytes)
            + (flops > 0 ? ", " + flops(flops) : ""));
    indented(
        () -> {
          for (int i = 0; i < p.inputs().size(); i++) {
            line("input " + p.segment().inputs().get(i) + " = " + value(p.inputs().get(i)));
          }
          p.nodes().forEach(this::step);
          for (int i = 0; i < p.outputs().size(); i++) {
            Slot s = p.outputs().get(i);
            line("output " + p.segment().outputs().get(i) + " = " + place(s));
          }
        });
  }

  private void step(SpecNode n) {
    boolean silent = n.outputs().length == 0 || n.outputs()[0].kind() == Slot.Kind.HANDLE;
    if (n.action() == SpecNode.Action.NONE && silent) {
      return;
    }
    List<String> out = new ArrayList<>();
    for (Slot s : n.outputs()) {
      out.add(value(s) + over(n, s));
    }
    List<String> in = new ArrayList<>();
    for (Slot s : n.inputs()) {
      in.add(place(s));
    }
    StringBuilder b = new StringBuilder();
    b.append(out.isEmpty() ? "" : String.join(", ", out) + " = ");
    b.append(n.opType()).append(" '").append(n.nodeName()).append("' (");
    b.append(String.join(", ", in)).append(")  ").append(kernel(n));
    if (StepCosts.bytes(n) > 0) {
      b.append(", ").append(bytes(StepCosts.bytes(n)));
    }
    if (StepCosts.flops(n) > 0) {
      b.append(", ").append(flops(StepCosts.flops(n)));
    }
    line(b.toString());
    indented(() -> n.members().forEach(m -> line("+ " + m)));
  }

  private static String kernel(SpecNode n) {
    return switch (n.action()) {
      case NONE -> "nothing to do";
      case READ_VIEW -> "checks that it has a value";
      case READ_COPY -> "copies the variable: it is written while the value is needed";
      case FAST -> "fast: " + name(n.kernel());
      case CELL ->
          "cell: "
              + name(n.cellKernel())
              + (n.attrs().has(CellKernel.SHAPE_ONLY) ? ", keeps the shape only" : "");
      case REFERENCE -> "reference: " + whyReference(n);
    };
  }

  private static String name(Object kernel) {
    String s = kernel.getClass().getName();
    int lambda = s.indexOf("$$Lambda");
    return s.substring(s.lastIndexOf('.', lambda < 0 ? s.length() : lambda) + 1)
        .replaceAll("\\$\\$Lambda.*", "")
        .replace('$', '.');
  }

  private static String whyReference(SpecNode n) {
    if (!FastKernels.types().contains(n.node().type())) {
      return "there is no fast kernel of the type";
    }
    return n.isDense()
        ? "no fast kernel takes these dtypes, shapes or attributes"
        : "not all inputs and results are dense and of known shape";
  }

  /** Where a value lies. */
  private static String place(Slot s) {
    return switch (s.kind()) {
      case CONSTANT ->
          s.constant().size() == 1 && (s.dtype().isInteger() || s.dtype().isFloating())
              ? "const " + scalar(s.constant())
              : "const %" + s.id();
      case HANDLE -> "variable '" + s.handleNode().name() + "'";
      default -> "%" + s.id();
    };
  }

  private static String scalar(TensorValue v) {
    return v.dtype().isInteger() ? Long.toString(v.getLong(0)) : Double.toString(v.getDouble(0));
  }

  /** A value with its dtype, shape and place. */
  private static String value(Slot s) {
    String shape = s.shape() == null ? "<shape known in the run>" : s.shape().toString();
    return place(s) + " " + s.dtype() + shape + where(s);
  }

  private static String where(Slot s) {
    return switch (s.kind()) {
      case ARENA -> " @" + s.offset();
      case VIEW -> " (view of " + place(s.root()) + ")";
      case VARIABLE -> " (in variable '" + s.handleNode().name() + "')";
      case LENT -> " (where its list has it)";
      case CELL -> " (on the heap)";
      case INPUT, CONSTANT, HANDLE -> "";
    };
  }

  private static String over(SpecNode n, Slot out) {
    if (out.kind() != Slot.Kind.ARENA || out.bytes() == 0) {
      return "";
    }
    for (Slot s : n.inputs()) {
      Slot r = s.root();
      if (r.kind() == Slot.Kind.ARENA && r.offset() == out.offset() && r.bytes() == out.bytes()) {
        return " (in place of %" + r.id() + ")";
      }
    }
    return "";
  }

  /** A shape that may not be known. */
  static String shape(Shape s) {
    return s == null ? "<shape known in the run>" : s.toString();
  }

  private static String bytes(long n) {
    return n < 10_000 ? n + " B" : scaled((double) n, "B");
  }

  private static String flops(double n) {
    return n < 10_000 ? String.format(Locale.ROOT, "%.0f FLOP", n) : scaled(n, "FLOP");
  }

  private static String scaled(double n, String unit) {
    String[] prefixes = {"k", "M", "G", "T"};
    double x = n / 1000;
    int p = 0;
    for (; x >= 1000 && p < prefixes.length - 1; p++) {
      x /= 1000;
    }
    return String.format(Locale.ROOT, "%.1f %s%s", x, prefixes[p], unit);
  }
}
