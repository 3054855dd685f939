/**
 * A template turned by version 1, computed by an independent implementation (Python: `cryptography` and an explicit matrix in numpy).
 * A change that breaks it cannot compare stored references any more.
 */
export const GOLDEN_TRANSFORM = {
  /** SHA-256 of "golden template secret". */
  secret: '4e3d3d16cf46079e59f3861a011cfe3cb1cdf18982cb8edaea02fcff512a35b8',
  /** Of tenant-1, subject, subject-1. */
  modelId: 'mobilefacenet@3.0.4+prelu.1',
  /** 192 float32, little endian: the template sin(0.37·i), turned. */
  turned:
    'TZ/TPgt0sb/ePFC/yjhqPyAroj9Ysjw/wT6tv2SWOzlD/hG/YmAKv+i9qr5gGuk+pdPbvp8jQr8gsTk/Fj4kP2fv+L4xY6M+gloIPyEHpj/60RW/vavTvxC6zT9fAvW+TcLcPkkyar2JwPG7AoXzPb1RKT+7Dxa/ECYbv4Cyuz+rJHg+JxDGvu0Dnj8yVQe/TeBOv994Cj95cxI9b/dBvg47Sb6d7Jk/kI5fP1OsDz7P8SE/skEWP3ybUb2lko0+Bj3ivnY3jL5cbBo+p5SuvhGmwb3pcLM/ya8DQAzrzb67fcQ/pDEvPoMVCT/i9N0+rKemPRmlf7/897E/IBSjvtMqAr9eKYe+0kCZvVnSer4EKrK+nhCgP+6GSj9+sEY+hTa0P6sT6D4rKCQ+cAVMvu1khb/M82m9Y/xBv2CIib/zn2M/3AJivlYHL76iPJg+GFonv6c/mD4fFmm+hC+uv1adyT1TDiO+iblZv2xgnT4K/MY+GAmQv2btcj8nDtm/fwuQP/xTeb/L+ko+DAXQPRuw9r51ynY/vVWBv5gKdz9+gji+t+oHP5Gkrb/MUUe/wVm6PlClaT+2vze//RmXPpOTAb2f4je+1heIvj7wFT5wRZ++dEetPoBeQz/YrxW/PnQsv2a8hj9FaHI++6yjvcKC0L7Obqo+K6q1PR60DT9xbyS/PBTuvlGjBj9tQEg/0nFcvZD8Cr//O1C/ZSBQP59Bgz5q3mW/XaIMvx4OuL62xK4+uNjZvWACNL6VUG0+FSNtO3Wjnb4eqpw/fsKUv3QYAj/bDAc+5anJvz1whj5wG+Q+Dr9qOz9MzD5Mau2+w7RlP9woGz0mzMc9DmovPw7iaD9WwDW+zubrPnikcr/nDnq+z8LivoMykj4qkhG+J2FEvvRRVT+hu5W+mMeBPl53kb4wnFs/tRhLvysXgL84X0Y/ebptvwt7Tr9kMX4+7jzcvuK5Drxahpo+uextv2/o0z5IMyG/TpMnvzAZPT96cEa//PfWvo4id78jlSC/',
} as const;
