package dev.millrace.session;

import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.ops.PartitionedVariable;
import dev.millrace.ops.Variable;
import dev.millrace.proto.SaverDef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/** Collects what is to be said about a saver; {@link #build} makes it. */
public final class SaverBuilder {
  final Graph graph;
  boolean reshape;
  boolean padStep;
  LongSupplier clock = Saver.systemClock();
  private List<SavedTensor> tensors;
  private int maxToKeep = 5;
  private double everyHours = 10_000;
  private String name = "save";
  private boolean allowEmpty;

  SaverBuilder(Graph graph) {
    this.graph = graph;
  }

  /**
   * Saves these, each under its own name, in place of all global variables.
   *
   * @param variables {@link Variable}s and {@link PartitionedVariable}s
   */
  public SaverBuilder variables(Collection<?> variables) {
    tensors = new ArrayList<>();
    variables.forEach(v -> add(null, v));
    return this;
  }

  /**
   * Saves these under other names: those of the map.
   *
   * @param byName {@link Variable}s, {@link PartitionedVariable}s, and handles of imported
   *     variables
   */
  public SaverBuilder variables(Map<String, ?> byName) {
    tensors = new ArrayList<>();
    byName.forEach(this::add);
    return this;
  }

  /**
   * Saves the global variables whose names begin with {@code from}, under names that begin with
   * {@code to} in its place: how a part of a model comes from the checkpoint of another.
   *
   * @throws InvalidArgumentException if there are none
   */
  public SaverBuilder scope(String from, String to) {
    List<SavedTensor> all = tensors == null ? new ArrayList<>() : tensors;
    int before = all.size();
    for (Variable v : graph.collection(GraphKeys.GLOBAL_VARIABLES, Variable.class)) {
      SavedTensor t = SavedTensor.of(v);
      if (t.name().startsWith(from)) {
        String other = to + t.name().substring(from.length());
        all.add(new SavedTensor(other, t.handle(), t.slice()));
      }
    }
    if (all.size() == before) {
      throw new InvalidArgumentException("no global variable's name begins with '" + from + "'");
    }
    tensors = all;
    return this;
  }

  private void add(String as, Object v) {
    if (v instanceof PartitionedVariable p) {
      p.parts().forEach(part -> add(as == null ? p.name() : as, part));
    } else if (v instanceof Variable x) {
      tensors.add(as == null ? SavedTensor.of(x) : SavedTensor.of(as, x));
    } else if (v instanceof Operand x && as != null) {
      tensors.add(SavedTensor.of(as, x));
    } else {
      throw new InvalidArgumentException("a saver takes variables, not " + v);
    }
  }

  /** How many checkpoints are kept: 5 unless said; 0 for all. */
  public SaverBuilder maxToKeep(int most) {
    maxToKeep = most;
    return this;
  }

  /** Every how many hours a checkpoint is kept for good; 10,000 unless said. */
  public SaverBuilder keepCheckpointEveryNHours(double hours) {
    everyHours = hours;
    return this;
  }

  /** Whether restoring takes values of other shapes with as many elements. */
  public SaverBuilder reshape(boolean reshape) {
    this.reshape = reshape;
    return this;
  }

  /** Whether the step in names gets zeros before it, up to eight digits. */
  public SaverBuilder padStepNumber(boolean pad) {
    padStep = pad;
    return this;
  }

  /** The scope of the saver's nodes, {@code save} unless said. */
  public SaverBuilder name(String name) {
    this.name = name;
    return this;
  }

  /** Whether a saver of no variables is no error; it saves and restores nothing. */
  public SaverBuilder allowEmpty(boolean allow) {
    allowEmpty = allow;
    return this;
  }

  /** The time in milliseconds, for tests of what depends on it. */
  SaverBuilder clock(LongSupplier clock) {
    this.clock = clock;
    return this;
  }

  /**
   * Makes the saver, and the nodes by which TensorFlow saves and restores.
   *
   * @throws InvalidArgumentException if there are no variables, or two have one name
   */
  public Saver build() {
    if (tensors == null) {
      variables(graph.collection(GraphKeys.GLOBAL_VARIABLES, Variable.class));
    }
    if (tensors.isEmpty() && !allowEmpty) {
      throw new InvalidArgumentException("there are no variables to save");
    }
    Set<String> seen = new HashSet<>();
    for (SavedTensor t : tensors) {
      if (!seen.add(t.name() + " " + t.spec())) {
        throw new InvalidArgumentException(
            "two variables would be saved as '" + t.name() + "'; every one needs its own name");
      }
    }
    SaverDef.Builder nodes =
        tensors.isEmpty() ? SaverDef.newBuilder() : SaverNodes.add(graph, name, tensors, reshape);
    return new Saver(
        this,
        tensors,
        tensors,
        nodes
            .setMaxToKeep(maxToKeep)
            .setKeepCheckpointEveryNHours((float) everyHours)
            .setSharded(false)
            .build());
  }
}
