// The portable files in assembly/abi/ are compiled by asc and by tsc; tsc learns the integer types here.
declare type i8 = number;
declare type u8 = number;
declare type i16 = number;
declare type u16 = number;
declare type i32 = number;
declare type u32 = number;
declare type f64 = number;
