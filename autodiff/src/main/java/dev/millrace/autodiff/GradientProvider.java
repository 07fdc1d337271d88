package dev.millrace.autodiff;

/** A family of gradient functions; found by {@link java.util.ServiceLoader}. */
public interface GradientProvider {
  /** Adds the family's functions to {@code registry}. */
  void register(GradientRegistry registry);
}
