package dev.midge.load;

import dev.midge.load.Findings.Aim;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// Notes each second what a broker that is under the same load for long does, to compare the first
/// third of the time with the last.
final class SteadyWatch implements Bench.Watch {

  /// How much worse the last third may be: what machines do by themselves.
  private static final double TOLERANCE = 1.2;

  private static final int MEGABYTE = 1 << 20;

  /// A second.
  private record Second(double perSecond, double cpuMicros, double keptBytes) {}

  private final BrokerProcess broker;
  private final ProcessMeter meter;
  private final List<Second> seconds = new ArrayList<>();
  private long cpuMicrosBefore;

  SteadyWatch(BrokerProcess broker) {
    this.broker = broker;
    this.meter = new ProcessMeter(broker.target().pid());
    this.cpuMicrosBefore = meter.read().cpuMicros();
  }

  @Override
  public void second(double perSecond) {
    long cpuMicros = meter.read().cpuMicros();
    seconds.add(new Second(perSecond, cpuMicros - cpuMicrosBefore, broker.keptBytes()));
    cpuMicrosBefore = cpuMicros;
  }

  /// Tells how the last third differed from the first.
  void tell(Findings findings, Result result, int payloadBytes) {
    BrokerKind kind = broker.kind();
    boolean isMidge = kind == BrokerKind.MIDGE;
    int third = Math.max(1, seconds.size() / 3);
    // The first seconds are of a store that is still empty.
    List<Second> first = seconds.subList(Math.min(third / 4, third - 1), third);
    List<Second> last = seconds.subList(seconds.size() - third, seconds.size());
    findings.add("steady", "messages/s, first third", kind, mean(first, Second::perSecond));
    findings.add("steady", "messages/s, last third", kind, mean(last, Second::perSecond));
    findings.add(
        "steady",
        "CPU each, last third / first",
        kind,
        cpuEach(last) / cpuEach(first),
        isMidge ? Aim.most(TOLERANCE) : Aim.NONE);
    findings.add("steady", "CPU, µs each", kind, cpuEach(seconds));
    double peak = peak(first);
    findings.add("steady", "disk at most, first third, MB", kind, peak / MEGABYTE);
    findings.add(
        "steady",
        "disk at most, last third / first",
        kind,
        peak(last) / peak,
        isMidge ? Aim.most(TOLERANCE) : Aim.NONE);
    findings.add(
        "steady",
        "written / payload",
        kind,
        result.writtenBytesEach() / payloadBytes,
        isMidge ? Aim.most(5) : Aim.NONE);
  }

  private static double cpuEach(List<Second> of) {
    return mean(of, Second::cpuMicros) / mean(of, Second::perSecond);
  }

  private static double peak(List<Second> of) {
    return of.stream().mapToDouble(Second::keptBytes).max().orElse(Double.NaN);
  }

  private static double mean(List<Second> of, ToDoubleFunction<Second> figure) {
    return of.stream().mapToDouble(figure).average().orElse(Double.NaN);
  }
}
