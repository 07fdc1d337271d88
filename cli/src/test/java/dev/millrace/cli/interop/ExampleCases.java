package dev.millrace.cli.interop;
final class ExampleCases { static void addTo(CaseList c) {} }
