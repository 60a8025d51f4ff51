"""Side-by-side measurements that anyone can run; none of it is in the wheel."""
