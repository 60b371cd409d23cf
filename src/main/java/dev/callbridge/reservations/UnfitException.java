package dev.callbridge.reservations;

import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/// A restaurant is not changed, or closed, because of what is booked in it.
final class UnfitException extends ErrorResponseException {

  /// So many are told; there may be more.
  private static final int TOLD = 50;

  UnfitException(List<Unfit> unfit) {
    super(HttpStatus.CONFLICT, problem(unfit), null);
  }

  private static ProblemDetail problem(List<Unfit> unfit) {
    boolean mayStay = unfit.stream().allMatch(Unfit::mayStay);
    ProblemDetail problem =
        ProblemDetail.forStatusAndDetail(
            HttpStatus.CONFLICT,
            mayStay
                ? "reservations: some are at times that would not be open; cancel them, or keep them with keepReservations"
                : "reservations: some would have no table; cancel them first");
    problem.setProperty("reservations", unfit.stream().limit(TOLD).toList());
    return problem;
  }
}
