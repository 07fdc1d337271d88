package dev.millrace.ops;

/** Whether {@code getVariable} makes variables or shares those that exist. */
public enum Reuse {
  /** Variables are made; one that exists already is an error. Of a new scope: as around it. */
  NONE,
  /** Variables must exist. */
  TRUE,
  /** Variables that exist are shared, others are made (TensorFlow's {@code tf.AUTO_REUSE}). */
  AUTO_REUSE
}
