package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Nest;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.rnn.CellResult;
import dev.millrace.rnn.RNNCell;
import java.util.List;
import java.util.function.UnaryOperator;

/** Calls a cell with what a helper says (TensorFlow's BasicDecoder). */
public final class BasicDecoder implements Decoder<BasicDecoderOutput, BasicDecoderOutput> {
  private final RNNCell cell;
  private final Helper helper;
  private final Object initialState;
  private final UnaryOperator<Tensor> outputLayer;
  private final Shape outputSize;

  /** A decoder whose outputs are the cell's. */
  public BasicDecoder(RNNCell cell, Helper helper, Object initialState) {
    this(cell, helper, initialState, UnaryOperator.identity(), cell.outputSize().shape());
  }

  /**
   * A decoder with a layer behind the cell.
   *
   * @param outputLayer as {@code tf.layers().newDense(classes)::apply}; its variables are made
   *     inside the decoder's scope, at the first step
   * @param outputSize the layer's columns
   */
  public BasicDecoder(
      RNNCell cell,
      Helper helper,
      Object initialState,
      UnaryOperator<Tensor> outputLayer,
      int outputSize) {
    this(cell, helper, initialState, outputLayer, Shape.vector(outputSize));
  }

  private BasicDecoder(
      RNNCell cell,
      Helper helper,
      Object initialState,
      UnaryOperator<Tensor> outputLayer,
      Shape outputSize) {
    this.cell = cell;
    this.helper = helper;
    this.initialState = initialState;
    this.outputLayer = outputLayer;
    this.outputSize = outputSize;
  }

  @Override
  public Object batchSize() {
    return helper.batchSize();
  }

  @Override
  public List<OutputSpec> outputSpecs() {
    Tensor state = (Tensor) Nest.flatten(initialState).get(0);
    return List.of(
        new OutputSpec(outputSize, state.dtype()),
        new OutputSpec(helper.sampleShape(), helper.sampleType()));
  }

  @Override
  public Start initialize() {
    Helper.First first = helper.initialize();
    return new Start(first.finished(), first.inputs(), initialState);
  }

  @Override
  public Step<BasicDecoderOutput> step(Tensor time, Object inputs, Object state) {
    Ops tf = time.ops();
    try (Scope s = tf.scope("BasicDecoderStep")) {
      CellResult r = cell.call(inputs, state);
      Tensor output = outputLayer.apply(r.tensor());
      Tensor samples = helper.sample(time, output, r.state());
      Helper.Next next = helper.next(time, output, r.state(), samples);
      return new Step<>(
          new BasicDecoderOutput(output, samples), next.state(), next.inputs(), next.finished());
    }
  }

  @Override
  public boolean tracksOwnFinished() {
    return false;
  }

  @Override
  public Finish<BasicDecoderOutput> finish(
      BasicDecoderOutput outputs, Object state, Tensor lengths) {
    return new Finish<>(outputs, state);
  }
}
