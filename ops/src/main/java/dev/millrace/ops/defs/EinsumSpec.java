package dev.millrace.ops.defs;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.ShapeContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The equation of an Einstein sum, as {@code "bij,bjk->bik"}: a letter for each dimension of each
 * input, and those of the output. Over letters that are not among these is summed. Three dots stand
 * for any dimensions, which broadcast.
 */
public final class EinsumSpec {
  private static final String DOTS = "...";

  /** The first of the characters that label the dimensions which dots stand for. */
  private static final char DOTTED = '\uE000';

  private final List<String> inputs;
  private final String output;

  private EinsumSpec(List<String> inputs, String output) {
    this.inputs = inputs;
    this.output = output;
  }

  /**
   * Reads an equation.
   *
   * @param count the number of inputs
   * @throws InvalidArgumentException if it is none, or one for another number of inputs
   */
  public static EinsumSpec parse(String equation, int count) {
    String e = equation.replace(" ", "");
    int arrow = e.indexOf("->");
    if (arrow < 0) {
      throw wrong(equation, "has no '->'");
    }
    String[] terms = e.substring(0, arrow).split(",", -1);
    String out = e.substring(arrow + 2);
    if (terms.length != count || count > 2) {
      throw wrong(equation, "is for " + terms.length + " inputs, not for " + count + "; 2 is most");
    }
    List<String> inputs = List.of(terms);
    for (String term : inputs) {
      requireTerm(equation, term);
    }
    requireTerm(equation, out);
    for (int i = 0; i < out.length(); i++) {
      char label = out.charAt(i);
      if (label != '.' && out.indexOf(label) != i) {
        throw wrong(equation, "has '" + label + "' twice in its output");
      }
      if (label != '.' && inputs.stream().noneMatch(t -> t.indexOf(label) >= 0)) {
        throw wrong(equation, "has '" + label + "' in its output, but in no input");
      }
    }
    return new EinsumSpec(inputs, out);
  }

  private static void requireTerm(String equation, String term) {
    String letters = term.replaceFirst("\\.\\.\\.", "");
    if (!letters.chars().allMatch(Character::isLetter)) {
      throw wrong(
          equation, "has the term '" + term + "', which is not letters and at most one '...'");
    }
  }

  private static InvalidArgumentException wrong(String equation, String what) {
    return new InvalidArgumentException("the equation '" + equation + "' " + what);
  }

  /** The labels of input {@code i}, dots included. */
  public String input(int i) {
    return inputs.get(i);
  }

  /** The labels of the output, dots included. */
  public String output() {
    return output;
  }

  /**
   * A label for each dimension of a tensor: letters, and for the dimensions that dots stand for
   * other characters, counted from the last one, so that those that broadcast together have one
   * label.
   *
   * @param term the labels with dots
   * @param rank of the tensor
   * @throws InvalidArgumentException if the rank does not fit
   */
  public static String labels(String term, int rank) {
    int dots = term.indexOf(DOTS);
    int letters = dots < 0 ? term.length() : term.length() - DOTS.length();
    if (rank < letters || (dots < 0 && rank != letters)) {
      throw new InvalidArgumentException(
          "the term '" + term + "' does not fit a tensor of rank " + rank);
    }
    if (dots < 0) {
      return term;
    }
    StringBuilder s = new StringBuilder(term.substring(0, dots));
    for (int i = rank - letters - 1; i >= 0; i--) {
      s.append((char) (DOTTED + i));
    }
    return s.append(term.substring(dots + DOTS.length())).toString();
  }

  private static boolean isDotted(char label) {
    return label >= DOTTED;
  }

  /** How many of the labels stand for dots. */
  public static int dots(String labels) {
    return (int) labels.chars().filter(l -> isDotted((char) l)).count();
  }

  /** The sizes of all labels of tensors of these shapes, which broadcast where dots stand. */
  public static Map<Character, Long> sizes(List<String> labels, List<Shape> shapes) {
    Map<Character, Long> sizes = new HashMap<>();
    for (int i = 0; i < shapes.size(); i++) {
      for (int d = 0; d < labels.get(i).length(); d++) {
        char label = labels.get(i).charAt(d);
        long size = shapes.get(i).dim(d);
        sizes.merge(
            label,
            size,
            (a, b) ->
                isDotted(label)
                    ? Shape.vector(a).broadcast(Shape.vector(b)).dim(0)
                    : Shapes.mergeDims(a, b, "the sizes of '" + label + "'"));
      }
    }
    return sizes;
  }

  /** The shape function of Einsum. */
  static void shape(ShapeContext c) {
    EinsumSpec spec = parse(c.attrs().getString("equation"), c.inputCount());
    List<String> labels = new ArrayList<>();
    List<Shape> shapes = new ArrayList<>();
    int dots = 0;
    for (int i = 0; i < c.inputCount(); i++) {
      Shape s = c.input(i);
      if (!s.hasRank()) {
        c.output(0, Shape.unknown());
        return;
      }
      String l = labels(spec.input(i), s.rank());
      dots = Math.max(dots, dots(l));
      labels.add(l);
      shapes.add(s);
    }
    Map<Character, Long> sizes = sizes(labels, shapes);
    String out = spec.outputLabels(dots);
    Shape s = Shape.ofRank(out.length());
    for (int d = 0; d < out.length(); d++) {
      s = s.withDim(d, sizes.get(out.charAt(d)));
    }
    c.output(0, s);
  }

  /** A label for each dimension of the output, where dots stand for so many dimensions. */
  public String outputLabels(int dots) {
    boolean has = output.contains(DOTS);
    if (!has && dots > 0) {
      throw new InvalidArgumentException(
          "dimensions that dots stand for must be in the output too, but it is '" + output + "'");
    }
    return labels(output, has ? output.length() - DOTS.length() + dots : output.length());
  }
}
