package dev.millrace.rnn;

import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Scope;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Collects what is to be said about a static unrolling of a piece of a longer sequence. */
public final class StaticStateSavingRnn extends UnrollOptions<StaticStateSavingRnn> {
  private final RNNCell cell;
  private final List<?> inputs;
  private final StateSaver saver;
  private final Object names;

  StaticStateSavingRnn(RNNCell cell, List<?> inputs, StateSaver saver, Object names) {
    int wanted = cell.stateSize().flatten().size();
    if (Nest.flatten(names).size() != wanted) {
      throw InvalidArgumentException.atCall(
          "the cell's state is of "
              + wanted
              + " tensors, each of which takes a name, not "
              + names);
    }
    this.cell = cell;
    this.inputs = inputs;
    this.saver = saver;
    this.names = names;
  }

  /** Adds the ops of all steps; who takes the last output waits until the states are saved. */
  public StaticRnnResult build() {
    Ops tf = Inputs.ops(cell, inputs);
    Iterator<Object> next = Nest.flatten(names).iterator();
    Object initial = cell.stateSize().map(s -> saver.state((String) next.next()));
    StaticRnn unroll = new StaticRnn(cell, inputs).like(this).initialState(initial);
    unroll.scope = scope;
    unroll.scopeName = scopeName;
    StaticRnnResult r = unroll.build();
    List<Operation> saves = new ArrayList<>();
    Iterator<Object> states = Nest.flatten(r.state()).iterator();
    for (Object name : Nest.flatten(names)) {
      saves.add(saver.saveState((String) name, (Tensor) states.next()));
    }
    List<Object> outputs = new ArrayList<>(r.outputStructures());
    try (Scope wait = tf.controlDependencies(saves)) {
      int last = outputs.size() - 1;
      outputs.set(last, Nest.map(outputs.get(last), tf::identity));
    }
    return new StaticRnnResult(outputs, r.state());
  }
}
