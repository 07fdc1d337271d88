package dev.millrace.ops;

import dev.millrace.graph.AttrValue;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.GraphKeys;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Variable scopes, and the variables that are shared through them. */
abstract class SharingApi extends StateApi {
  SharingApi(Graph graph) {
    super(graph);
  }

  /** Enters a variable scope inside the current one, and a name scope of its name. */
  public VariableScope variableScope(String name) {
    return newVariableScope(name).open();
  }

  /** As {@link #variableScope(String)}, saying whether variables are made or shared in it. */
  public VariableScope variableScope(String name, Reuse reuse) {
    return newVariableScope(name).reuse(reuse).open();
  }

  /**
   * Enters a variable scope called {@code name}, or, if that is null, a new one called {@code
   * defaultName} with a suffix if that is taken.
   */
  public VariableScope variableScope(String name, String defaultName) {
    return newVariableScope(name, defaultName).open();
  }

  /**
   * Enters a variable scope again, wherever it is called: variables get its prefix, ops a fresh
   * name scope.
   */
  public VariableScope variableScope(VariableScope scope) {
    return newVariableScope(scope).open();
  }

  /** As {@link #variableScope(VariableScope)}, saying whether variables are made or shared. */
  public VariableScope variableScope(VariableScope scope, Reuse reuse) {
    return newVariableScope(scope).reuse(reuse).open();
  }

  /** Begins a variable scope, to say more about it: its defaults, … */
  public VariableScopeBuilder newVariableScope(String name) {
    return newVariableScope(name, null);
  }

  /** As {@link #newVariableScope(String)}, with a default name for a null one. */
  public VariableScopeBuilder newVariableScope(String name, String defaultName) {
    return new VariableScopeBuilder(self(), name, defaultName, null);
  }

  /** Begins to enter a scope again. */
  public VariableScopeBuilder newVariableScope(VariableScope scope) {
    return new VariableScopeBuilder(self(), null, null, scope);
  }

  /**
   * A function whose first call makes variables, in a new scope called {@code name}, and whose
   * later calls share them: tf.make_template.
   *
   * <pre>{@code
   * Function<Tensor, Tensor> tower = tf.template("tower", x -> tf.layers().dense(x, 8));
   * Tensor left = tower.apply(a);
   * Tensor right = tower.apply(b); // of the same variables
   * }</pre>
   *
   * @param f what adds the ops, getting its variables by getVariable or layers
   */
  public <A, R> Function<A, R> template(String name, Function<A, R> f) {
    return new Template<>(self(), name, f);
  }

  /** The variable scope that is open; at the root one of an empty name. */
  public VariableScope currentVariableScope() {
    return VariableStore.of(self()).current();
  }

  /**
   * The shared variable of that name in the current scope, of whatever shape it is.
   *
   * @throws dev.millrace.graph.InvalidArgumentException if it does not exist yet and the scope may
   *     make it: that takes a shape
   */
  public Variable getVariable(String name) {
    return sharedVariable(name).get();
  }

  /**
   * The shared variable of that name in the current scope, of the scope's dtype. See {@link
   * SharedVariableBuilder#get} for the errors.
   */
  public Variable getVariable(String name, long... dims) {
    return sharedVariable(name).shape(dims).get();
  }

  /** As {@link #getVariable(String, long...)}; a scalar is {@link Shape#scalar()}. */
  public Variable getVariable(String name, Shape shape) {
    return sharedVariable(name).shape(shape).get();
  }

  /** As {@link #getVariable(String, long...)}, with an initializer of its own. */
  public Variable getVariable(String name, Initializer initializer, long... dims) {
    return sharedVariable(name).initializer(initializer).shape(dims).get();
  }

  /** As {@link #getVariable(String, long...)}, with a dtype and an initializer of its own. */
  public Variable getVariable(String name, Initializer initializer, DataType dtype, long... dims) {
    return sharedVariable(name).initializer(initializer).dtype(dtype).shape(dims).get();
  }

  /** As {@link #getVariable(String, long...)}, with a dtype and an initializer of its own. */
  public Variable getVariable(String name, Initializer initializer, DataType dtype, Shape shape) {
    return sharedVariable(name).initializer(initializer).dtype(dtype).shape(shape).get();
  }

  /**
   * A shared variable that is not saved and not trained, in LOCAL_VARIABLES alone: what {@link
   * #localVariablesInitializer} sets.
   */
  public Variable getLocalVariable(String name, Initializer initializer, long... dims) {
    return sharedLocalVariable(name).initializer(initializer).shape(dims).get();
  }

  /** Begins a shared local variable, to say more about it. */
  public SharedVariableBuilder sharedLocalVariable(String name) {
    return sharedVariable(name).trainable(false).collections(GraphKeys.LOCAL_VARIABLES);
  }

  /** Begins a shared variable, to say more about it: regularizer, collections, … */
  public SharedVariableBuilder sharedVariable(String name) {
    return new SharedVariableBuilder(self(), name);
  }

  /** The losses that regularizers made; they are part of no other loss until added to it. */
  public List<Tensor> regularizationLosses() {
    return graph().collection(GraphKeys.REGULARIZATION_LOSSES, Tensor.class);
  }

  /** The layers of networks, which make their own variables. */
  public Layers layers() {
    return new Layers(self());
  }

  /** The losses of networks, which are collected. */
  public Losses losses() {
    return new Losses(self());
  }

  /** The metrics of evaluations, which are computed batch by batch. */
  public Metrics metrics() {
    return new Metrics(self());
  }

  // ---- functions in Java

  /**
   * The results of a Java function as tensors (PyFunc): TensorFlow's {@code tf.py_func}.
   *
   * <pre>{@code
   * Tensor y = tf.javaFunc(v -> List.of(sorted(v.get(0))), List.of(x), List.of(DataType.FLOAT32)).get(0);
   * }</pre>
   *
   * <p>What is known of the results' shapes can be said by {@link Tensor#setShape}. The operation
   * counts as having an effect, so that it runs whenever it is reached; it is not differentiable.
   * Whoever imports an exported graph elsewhere cannot run it.
   *
   * @param types the dtypes of the results
   */
  public List<Tensor> javaFunc(JavaFunc f, List<?> inputs, List<DataType> types) {
    return javaFunc(f, null, inputs, types);
  }

  /** As {@link #javaFunc(JavaFunc, List, List)}, with a gradient. */
  public List<Tensor> javaFunc(
      JavaFunc f, JavaFunc.Gradient gradient, List<?> inputs, List<DataType> types) {
    if (f == null) {
      throw error("javaFunc needs a function, not null");
    }
    List<Output> all = new ArrayList<>();
    for (Object x : inputs) {
      all.add(convert(x, null, "input_" + all.size()));
    }
    return tensors(
        op("PyFunc", null)
            .inputList(all)
            .attr("token", JavaFunctions.add(graph(), f, gradient))
            .attr("Tout", AttrValue.ofTypes(types))
            .build());
  }

  /** Strings: tf.strings. */
  public Strings strings() {
    return new Strings(self());
  }

  /** Sparse tensors: tf.sparse. */
  public Sparse sparse() {
    return new Sparse(self());
  }

  /** Fourier transforms: tf.signal. */
  public Signal signal() {
    return new Signal(self());
  }

  /** Colours, image files and boxes: tf.image. */
  public Pictures images() {
    return new Pictures(self());
  }
}
