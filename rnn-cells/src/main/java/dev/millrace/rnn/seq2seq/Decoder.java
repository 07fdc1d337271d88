package dev.millrace.rnn.seq2seq;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Tensor;
import java.util.List;

/**
 * Makes a sequence step by step; {@link Seq2seq#dynamicDecode} runs it.
 *
 * @param <O> what a step gives: a tensor or a structure of them, such as a record
 * @param <F> what is made of all steps' outputs in the end
 */
public interface Decoder<O, F> {
  /**
   * How it begins.
   *
   * @param finished bools [batch], or [batch, beams]: which sequences are over before they begin
   * @param inputs of the first step
   * @param state before the first step
   */
  record Start(Tensor finished, Object inputs, Object state) {}

  /**
   * What a step gives.
   *
   * @param outputs what to keep
   * @param state of the next step
   * @param inputs of the next step
   * @param finished which sequences are over
   */
  record Step<O>(O outputs, Object state, Object inputs, Tensor finished) {}

  /**
   * What is known of an output tensor.
   *
   * @param shape without time and batch
   * @param dtype its dtype
   */
  record OutputSpec(Shape shape, DataType dtype) {}

  /** The number of examples: a number or a scalar tensor. */
  Object batchSize();

  /** Of each output tensor, from left to right. */
  List<OutputSpec> outputSpecs();

  /** Adds what comes before the first step. */
  Start initialize();

  /** Adds a step. */
  Step<O> step(Tensor time, Object inputs, Object state);

  /**
   * Whether {@link Step#finished} tells all there is to know; else what was over stays over. A beam
   * search moves its beams about and must tell itself.
   */
  boolean tracksOwnFinished();

  /**
   * Adds what comes after the last step.
   *
   * @param outputs of all steps, [time, batch, …]
   * @param state after the last step
   * @param lengths of the sequences
   */
  Finish<F> finish(O outputs, Object state, Tensor lengths);

  /**
   * What comes of the whole.
   *
   * @param outputs [time, batch, …]
   * @param state after the last step
   */
  record Finish<F>(F outputs, Object state) {}
}
