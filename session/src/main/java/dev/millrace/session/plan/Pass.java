package dev.millrace.session.plan;

/** One change to a plan graph, with one job. The graph is sorted before each pass. */
interface Pass {
  void run(PlanGraph g);
}
