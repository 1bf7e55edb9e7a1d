"""What instructors and authors run. It imports `course`; `course` never imports it."""
