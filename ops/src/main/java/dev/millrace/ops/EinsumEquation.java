package dev.millrace.ops;

import dev.millrace.graph.InvalidArgumentException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * An equation like {@code "ij,jk->ik"}: a letter for each dimension of each operand and of the
 * result. An ellipsis stands for the dimensions that have no letter; they get the characters from
 * {@link #BATCH} on, the last dimension the lowest, so that those of several operands line up at
 * their end.
 */
record EinsumEquation(List<String> inputs, String output) {
  /** The label of the last dimension that an ellipsis stands for. */
  private static final char BATCH = '\uE000';

  /**
   * @param ranks the operands' ranks
   * @throws InvalidArgumentException if the equation is none, or does not fit
   */
  static EinsumEquation parse(String equation, List<Integer> ranks) {
    String text = equation.replace(" ", "");
    int arrow = text.indexOf("->");
    String left = arrow < 0 ? text : text.substring(0, arrow);
    String[] terms = left.split(",", -1);
    if (!text.matches("[a-zA-Z.,]*(->[a-zA-Z.]*)?")) {
      throw error(equation, "it is made of letters, commas, '...' and one '->'");
    } else if (terms.length != ranks.size()) {
      throw error(equation, "it is for " + terms.length + " tensors, not " + ranks.size());
    }
    List<String> inputs = new ArrayList<>();
    String batch = "";
    for (int i = 0; i < terms.length; i++) {
      String dots = batch(equation, terms[i], ranks.get(i));
      inputs.add(expand(equation, terms[i], dots));
      batch = dots.length() > batch.length() ? dots : batch;
    }
    String output =
        arrow < 0 ? batch + implicit(terms) : expand(equation, text.substring(arrow + 2), batch);
    for (int i = 0; i < output.length(); i++) {
      char c = output.charAt(i);
      if (inputs.stream().noneMatch(in -> in.indexOf(c) >= 0)) {
        throw error(equation, "no operand has the label '" + c + "' of the result");
      }
    }
    return new EinsumEquation(List.copyOf(inputs), output);
  }

  private static InvalidArgumentException error(String equation, String what) {
    return GraphApi.error("einsum \"" + equation + "\": " + what);
  }

  /** The labels of the dimensions that an ellipsis stands for in an operand of that rank. */
  private static String batch(String equation, String term, int rank) {
    String own = term.replaceFirst("\\.\\.\\.", "");
    if (own.indexOf('.') >= 0) {
      throw error(equation, "'" + term + "' has dots that are not one ellipsis");
    }
    int letters = own.length();
    boolean open = term.contains("...");
    if (open ? rank < letters : rank != letters) {
      throw error(
          equation,
          "'"
              + term
              + "' does not fit a tensor of "
              + rank
              + " dimensions: it has a letter for "
              + letters);
    }
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < rank - letters; i++) {
      b.insert(0, (char) (BATCH + i));
    }
    return b.toString();
  }

  private static String expand(String equation, String term, String batch) {
    String r = term.replaceFirst("\\.\\.\\.", batch);
    if (r.indexOf('.') >= 0) {
      throw error(equation, "'" + term + "' has dots that are not one ellipsis");
    } else if (r.chars().distinct().count() < r.length()) {
      throw error(
          equation,
          "'" + term + "' has a letter twice, which would take a diagonal; that is not supported");
    }
    return r;
  }

  /** Without an arrow: the letters that stand once, in alphabetical order. */
  private static String implicit(String[] terms) {
    String all = String.join("", terms).replace(".", "");
    StringBuilder b = new StringBuilder();
    for (int c : new TreeSet<>(all.chars().boxed().toList())) {
      if (all.indexOf(c) == all.lastIndexOf(c)) {
        b.append((char) c);
      }
    }
    return b.toString();
  }

  /** Whether what stands under {@code label} may be stretched from size 1. */
  static boolean isBatch(char label) {
    return label >= BATCH;
  }
}
